import type { Jwk } from '../crypto/jwk.js';
import { checkTimes, decodeJwt, verifyJwt } from '../crypto/jwt.js';
import type { Client } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import { CLIENT_SIGNATURE_ALGORITHMS } from '../protocol/signature-algorithms.js';
import { fromSeconds } from '../protocol/time.js';
import type { AssertionStore } from '../store/index.js';
import type { ClientAuthMethod, Credentials } from './method.js';
import { refuseMethod, requireClient } from './refusals.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Clocks differ; half a minute is what RFC 7519 §4.1.4 calls "small leeway". */
const LEEWAY = 0;

export interface PrivateKeyJwtOptions {
  readonly assertions: Pick<AssertionStore, 'use'>;
  /** The client's keys; with `refresh` those of a `jwks_uri` are fetched anew. */
  keysOf(client: Client, options?: { refresh?: boolean }): Promise<readonly Jwk[]>;
  /** What an assertion may be addressed to: the token endpoint's URLs, and the issuer as current client libraries send it. */
  readonly audiences: readonly string[];
}

/** `private_key_jwt`: OpenID Connect Core §9, RFC 7523 §2.2 and §3. */
export function privateKeyJwt(options: PrivateKeyJwtOptions): ClientAuthMethod {
  return {
    name: 'private_key_jwt',
    applies: ({ form }) => Boolean(form.get('client_assertion_type')),

    async authenticate(credentials, context) {
      const assertion = readAssertion(credentials);
      const decoded = decodeJwt(assertion);
      if (!decoded) throw new OAuthError('invalid_client', 'The client_assertion is no JWT, or has U+0000 in it.');
      const named = credentials.form.get('client_id') || String(decoded.claims.sub ?? '');
      const client = await requireClient(named, context);
      const method = client.metadata.token_endpoint_auth_method;
      if (method !== 'private_key_jwt') throw refuseMethod(method, 'private_key_jwt');
      const claims = await verify(assertion, client, options);
      await checkClaims(claims, client, context.now, options);
      return client;
    },
  };
}

function readAssertion({ form }: Credentials): string {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE)
    throw new OAuthError('invalid_request', `The client_assertion_type must be ${ASSERTION_TYPE}.`);
  const assertion = form.get('client_assertion');
  if (!assertion) throw new OAuthError('invalid_request', 'The parameter client_assertion is missing.');
  return assertion;
}

async function verify(
  assertion: string,
  client: Client,
  options: PrivateKeyJwtOptions,
): Promise<Record<string, unknown>> {
  const algorithm = client.metadata.token_endpoint_auth_signing_alg || 'RS256';
  if (!CLIENT_SIGNATURE_ALGORITHMS.includes(algorithm))
    throw new OAuthError(
      'invalid_client',
      `The registered token_endpoint_auth_signing_alg ${algorithm} cannot be used.`,
    );
  const attempt = async (refresh: boolean) =>
    verifyJwt(assertion, await keysOf(client, refresh, options), { algorithms: [algorithm] });
  let result = await attempt(false);
  // The client may have rotated its keys since they were fetched.
  if ('failure' in result && result.failure === 'key' && client.metadata.jwks_uri) result = await attempt(true);
  if ('claims' in result) return result.claims;
  if (result.failure === 'key' && decodeJwt(assertion)?.header.kid !== undefined)
    throw new OAuthError('invalid_request', 'The client has no key with the kid of the client_assertion.');
  const why = {
    malformed: 'is no JWT',
    algorithm: `is not signed with ${algorithm}`,
    key: 'fits no key of the client',
    signature: 'has a wrong signature',
  };
  throw new OAuthError('invalid_client', `The client_assertion ${why[result.failure]}.`);
}

async function keysOf(client: Client, refresh: boolean, options: PrivateKeyJwtOptions): Promise<readonly Jwk[]> {
  try {
    return await options.keysOf(client, { refresh });
  } catch (error) {
    const debug = error instanceof Error ? error.message : '';
    throw new OAuthError('invalid_client', 'The keys of the client cannot be fetched from its jwks_uri.', { debug });
  }
}

async function checkClaims(
  claims: Record<string, unknown>,
  client: Client,
  now: number,
  options: PrivateKeyJwtOptions,
): Promise<void> {
  const refuse = (hint: string) => new OAuthError('invalid_client', hint);
  const late = checkTimes(claims, now, LEEWAY);
  if (late) throw refuse(`The claim ${late} of the client_assertion is out of range.`);
  if (claims.iss !== client.id) throw refuse('The claim iss of the client_assertion must be the client id.');
  if (claims.sub !== client.id) throw refuse('The claim sub of the client_assertion must be the client id.');
  if (typeof claims.jti !== 'string' || claims.jti === '') throw refuse('The client_assertion needs a jti.');
  if (typeof claims.exp !== 'number') throw refuse('The client_assertion needs an exp.');
  // Hydra: recorded before the audience is looked at, so a repetition is a repetition whatever else is wrong.
  const fresh = await options.assertions.use(claims.jti, fromSeconds(claims.exp));
  if (!fresh) throw new OAuthError('jti_known', 'The jti of the client_assertion was used before.');
  const audience = [claims.aud ?? []].flat();
  if (!audience.some((one) => typeof one === 'string' && options.audiences.includes(one))) {
    throw refuse(`The claim aud of the client_assertion must be ${options.audiences[0]}.`);
  }
}
