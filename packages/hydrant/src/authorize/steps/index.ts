/**
 * The checks of an authorization request, in the order in which they are told. To add one: a file here and a line in the
 * right place. `early` runs at each of the three visits, `late` once the consent app has spoken. Hydra: the late ones
 * could be told before login; they are not, since clients see login, consent and then the error today.
 */
import type { Check, LateCheck } from './check.js';
import { checkAudience } from './check-audience.js';
import { checkGrantTypes } from './check-grant-types.js';
import { checkNonce } from './check-nonce.js';
import { checkPkce } from './check-pkce.js';
import { checkRegistration } from './check-registration.js';
import { checkResource } from './check-resource.js';
import { checkResponseMode } from './check-response-mode.js';
import { checkResponseType } from './check-response-type.js';
import { checkScope } from './check-scope.js';
import { checkSecureRedirect } from './check-secure-redirect.js';
import { checkState } from './check-state.js';

/** Before the response type is known to be good, nobody can say where its answers go by default: in the query. */
export const beforeResponseType: readonly Check[] = [
  checkScope,
  checkAudience,
  checkResource,
  checkRegistration,
  checkResponseType,
];

export const afterResponseType: readonly Check[] = [checkState];

export const late: readonly LateCheck[] = [
  checkSecureRedirect,
  checkGrantTypes,
  checkNonce,
  checkPkce,
  checkResponseMode,
];
