/** What the operator lets clients register by themselves (RFC 7591 §2: the server may refuse any value). */
import type { ClientMetadata, ClientMetadataInput } from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';
import { formatScope, parseScope } from '../protocol/scope.js';

/** `oidc.dynamic_client_registration.*`; a list that is absent allows everything. */
export interface RegistrationRules {
  readonly defaultAudience: readonly string[];
  readonly grantTypes?: readonly string[] | undefined;
  readonly responseTypes?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly authMethods?: readonly string[] | undefined;
}

/** Where nobody restricts anything. */
export const UNRESTRICTED: RegistrationRules = { defaultAudience: [] };

/** What a field means, where it has to be read: words without regard to how they are written down. */
interface Restricted {
  readonly field: keyof ClientMetadata;
  readonly setting: string;
  readonly allowed: (rules: RegistrationRules) => readonly string[] | undefined;
  readonly values: (metadata: ClientMetadata) => readonly string[];
}

const RESTRICTED: readonly Restricted[] = [
  {
    field: 'grant_types',
    setting: 'allowed_grant_types',
    allowed: ({ grantTypes }) => grantTypes,
    // RFC 7591 §2: none means the code grant.
    values: ({ grant_types: types }) => (types.length > 0 ? types : ['authorization_code']),
  },
  {
    field: 'response_types',
    setting: 'allowed_response_types',
    allowed: ({ responseTypes }) => responseTypes?.map(inOrder),
    values: ({ response_types: types }) => (types.length > 0 ? types.map(inOrder) : ['code']),
  },
  {
    field: 'scope',
    setting: 'allowed_scopes',
    allowed: ({ scopes }) => scopes,
    values: ({ scope }) => parseScope(scope),
  },
  {
    field: 'audience',
    setting: 'allowed_audiences',
    allowed: ({ audiences }) => audiences,
    values: ({ audience }) => audience,
  },
  {
    field: 'token_endpoint_auth_method',
    setting: 'allowed_token_endpoint_auth_methods',
    allowed: ({ authMethods }) => authMethods,
    values: ({ token_endpoint_auth_method: method }) => [method],
  },
];

/** The registration with the operator's defaults where the body says nothing. */
export function withRegistrationDefaults(
  metadata: ClientMetadata,
  input: ClientMetadataInput,
  rules: RegistrationRules,
): ClientMetadata {
  const { scopes } = rules;
  const scope = parseScope(metadata.scope).filter((one) => scopes === undefined || scopes.includes(one));
  return {
    ...metadata,
    ...(!input.scope && { scope: formatScope(scope) }),
    ...(!input.audience?.length && { audience: rules.defaultAudience }),
  };
}

/**
 * What the client `has` already it may repeat (RFC 7592 §2.2): an operator may have given it more. What the server gave by
 * itself is allowed as well. @throws OAuthError that names field, value and setting.
 */
export function requireAllowed(metadata: ClientMetadata, rules: RegistrationRules, has?: ClientMetadata): void {
  for (const { field, setting, allowed, values } of RESTRICTED) {
    const list = allowed(rules);
    if (list === undefined) continue;
    const own = [...(has ? values(has) : []), ...(field === 'audience' ? rules.defaultAudience : [])];
    const foreign = values(metadata).find((value) => !list.includes(value) && !own.includes(value));
    if (foreign === undefined) continue;
    throw new OAuthError(
      'invalid_client_metadata',
      `The field ${field} may not have '${foreign}' here. The setting oidc.dynamic_client_registration.${setting} of the server allows ${list.length > 0 ? list.join(', ') : 'nothing'}.`,
    );
  }
}

/** `id_token code` is `code id_token` (OAuth 2.0 Multiple Response Types §3). */
function inOrder(responseType: string): string {
  return responseType.split(' ').filter(Boolean).sort().join(' ');
}
