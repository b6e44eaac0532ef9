/** Label values of metrics are bounded here: what a stranger can make up must not make a time series. */

/** What a value outside of the known ones is counted as. */
export const OTHER = 'other';

const GRANTS: ReadonlySet<string> = new Set([
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'implicit',
  'hybrid',
  'password',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
]);

const TOKEN_KINDS: ReadonlySet<string> = new Set(['access_token', 'refresh_token', 'id_token', 'authorization_code']);

/** RFC 6749 §4.1.2.1 and §5.2, OpenID Connect Core §3.1.2.6, RFC 8628 §3.5, and Hydra's own that a token endpoint says. */
const ERRORS: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'invalid_scope',
  'invalid_target',
  'access_denied',
  'server_error',
  'temporarily_unavailable',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'authorization_pending',
  'slow_down',
  'expired_token',
  'invalid_token',
  'insufficient_scope',
  'request_unauthorized',
  'request_forbidden',
  'token_signature_mismatch',
  'scope_not_granted',
  'jti_known',
  'misconfiguration',
  'not_found',
]);

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
]);

/** A `grant_type` of the wire as a label. */
export function grantLabel(grant: string): string {
  return GRANTS.has(grant) ? grant : OTHER;
}

/** A kind of token as a label. */
export function kindLabel(kind: string): string {
  return TOKEN_KINDS.has(kind) ? kind : OTHER;
}

/** An `error` code, perhaps of a login or consent app's own invention, as a label. */
export function errorLabel(error: string): string {
  return ERRORS.has(error) ? error : OTHER;
}

/** An HTTP method in upper case as a label. */
export function methodLabel(method: string): string {
  const upper = method.toUpperCase();
  return METHODS.has(upper) ? upper : OTHER;
}

/** What Hydra calls the endpoint of a path that it does not know. */
const UNMATCHED = '{unmatched}';

/** A route template with every variable part as `{param}`, which is how Hydra writes it; never a query. */
export function endpointLabel(endpoint: string): string {
  if (!endpoint.startsWith('/')) return UNMATCHED;
  const path = endpoint.split('?', 1)[0] ?? endpoint;
  return path.replace(/\{[^/}]+\}|(?<=\/):[^/]+/g, '{param}');
}
