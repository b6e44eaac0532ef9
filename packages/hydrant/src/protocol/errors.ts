/**
 * One refusal type for the whole server, and the table of everything it may say.
 *
 * `description` and `hint` are for the caller, `debug` and `cause` for the log (and, where the operator asks for it, for
 * the caller too). The words on the wire differ by generation; turning a refusal into a response is the work of `http/`.
 */

/** An `error` value that Hydrant sends by itself. */
export type ErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'invalid_target'
  | 'login_required'
  | 'interaction_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'
  | 'invalid_request_uri'
  | 'invalid_request_object'
  | 'unsupported_response_mode'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'invalid_client_metadata'
  | 'invalid_redirect_uri'
  | 'invalid_state'
  | 'insufficient_entropy'
  | 'request_unauthorized'
  | 'request_forbidden'
  | 'token_signature_mismatch'
  | 'scope_not_granted'
  | 'jti_known'
  | 'missing_required_parameter'
  | 'misconfiguration'
  | 'not_found'
  | 'error'
  | 'Conflict'
  | 'Not Found'
  | 'Bad Request'
  | 'Unable to locate the resource'
  | 'Unable to insert or update resource because a resource with that value exists already'
  | 'The request could not be authorized'
  | 'The requested action was forbidden'
  | 'The requested resource could not be found'
  | 'The request was malformed or contained invalid parameters';

/** Every `error` value, with its HTTP status and its general sentence. */
const CODES: Readonly<Record<ErrorCode, readonly [status: number, description: string]>> = {
  // RFC 6749 §4.1.2.1, §5.2
  invalid_request: [400, 'The request lacks a required parameter, repeats one, or has one with an invalid value.'],
  invalid_client: [
    401,
    'Client authentication failed: the client is unknown, sent no authentication, or one that does not fit.',
  ],
  invalid_grant: [
    400,
    'The authorization grant or refresh token is invalid, expired, revoked, or belongs to another client.',
  ],
  unauthorized_client: [400, 'The client may not use this grant type or response type.'],
  unsupported_grant_type: [400, 'The authorization server does not support this grant type.'],
  unsupported_response_type: [400, 'The authorization server does not issue this response type to this client.'],
  invalid_scope: [400, 'The requested scope is invalid, unknown, malformed, or beyond what the client may have.'],
  access_denied: [403, 'The resource owner or the authorization server denied the request.'],
  server_error: [500, 'The authorization server met an unexpected condition and could not fulfil the request.'],
  temporarily_unavailable: [503, 'The authorization server cannot handle the request at the moment.'],
  // RFC 8628 §3.5
  authorization_pending: [400, 'The person has not finished logging in yet; ask again after the interval.'],
  slow_down: [400, 'The person has not finished logging in yet, and the device asks too often.'],
  expired_token: [400, 'The device code has expired; begin anew.'],
  // RFC 8707 §2
  invalid_target: [400, 'The requested resource is invalid, unknown, malformed, or beyond what the client may have.'],
  // OpenID Connect Core §3.1.2.6
  login_required: [400, 'The end-user has to log in.'],
  interaction_required: [400, 'The end-user has to interact with the authorization server.'],
  consent_required: [400, 'The end-user has to consent.'],
  request_not_supported: [400, 'The request parameter is not supported.'],
  request_uri_not_supported: [400, 'The request_uri parameter is not supported.'],
  registration_not_supported: [400, 'The registration parameter is not supported.'],
  invalid_request_uri: [400, 'The request_uri cannot be used.'],
  invalid_request_object: [400, 'The request object cannot be used.'],
  // OAuth 2.0 Multiple Response Types §2.1
  unsupported_response_mode: [400, 'The authorization server does not support this response mode.'],
  // RFC 6750 §3.1
  invalid_token: [401, 'The token is expired, revoked, malformed, or invalid for another reason.'],
  insufficient_scope: [403, 'The token does not carry the scope that is needed.'],
  // RFC 7591 §3.2.2
  invalid_client_metadata: [400, 'The value of a client metadata field is invalid.'],
  invalid_redirect_uri: [400, 'A redirect URI of the client is invalid.'],
  // Hydra: names outside of any registry, kept because clients look for them.
  invalid_state: [400, 'The state is missing or too short to be unguessable.'],
  insufficient_entropy: [400, 'The nonce is too short to be unguessable.'],
  request_unauthorized: [401, 'The request could not be authorized.'],
  request_forbidden: [403, 'The request is not allowed.'],
  token_signature_mismatch: [400, 'The token does not fit its signature.'],
  scope_not_granted: [403, 'The scope that this needs was not granted.'],
  jti_known: [400, 'The assertion was used before.'],
  missing_required_parameter: [400, 'A member that is required is missing.'],
  misconfiguration: [500, 'The request cannot succeed because of how the server is configured.'],
  not_found: [404, 'The requested resource does not exist.'],
  // Hydra: sentences instead of codes, answers of the admin side.
  error: [500, 'The error is not a known one.'],
  Conflict: [409, 'The resource is in a state that does not allow this.'],
  'Not Found': [404, 'The requested resource could not be found.'],
  'Bad Request': [400, 'The request has an unsupported value.'],
  'Unable to locate the resource': [404, ''],
  'Unable to insert or update resource because a resource with that value exists already': [409, ''],
  'The request could not be authorized': [401, 'The OAuth 2.0 client does not exist, or the credentials are missing.'],
  'The requested action was forbidden': [403, ''],
  'The requested resource could not be found': [404, ''],
  'The request was malformed or contained invalid parameters': [400, ''],
};

/** What can be said beyond the code. */
export interface ErrorDetail {
  /** For the log, and for the caller only where `oauth2.expose_internal_errors` (or the first generation's admin side) says so. */
  readonly debug?: string;
  /** The HTTP status, where it is not the table's. */
  readonly status?: number;
  /** The bug or failure behind it; logged, never sent. */
  readonly cause?: unknown;
}

/** A refusal: the caller's mistake or somebody's decision, never a bug. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: string;
  readonly status: number;
  readonly description: string;
  readonly hint: string | undefined;
  readonly debug: string | undefined;

  constructor(code: ErrorCode, hint?: string, detail: ErrorDetail = {}) {
    super(hint ?? CODES[code][1], detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.status = detail.status ?? CODES[code][0];
    this.description = CODES[code][1];
    this.hint = hint;
    this.debug = detail.debug;
  }
}

/** What the server needs does not answer. Nothing is known to be wrong with the request, so it may be made again. */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable';
}

/** The server goes away in order. It still answers, and whoever sends it requests should stop doing so. */
export class ShuttingDown extends Unavailable {
  override readonly name = 'ShuttingDown';

  constructor() {
    super('It is being shut down.');
  }
}

/** The words of a login or consent app that refused a request; every field as it came. */
export interface Rejection {
  readonly error: string;
  readonly description: string;
  readonly hint: string;
  readonly debug: string;
  readonly status: number;
}

/** What is told to a client or shown on an error page, whoever said it. */
export interface ErrorReport {
  readonly error: string;
  readonly description: string;
}

/**
 * The sentence for the caller in the second generation's form: description, hint and, where exposed, debug in one line.
 * Double quotes become single ones (RFC 6749 §5.2 keeps %x22 out of `error_description`).
 */
export function reportOf(refusal: OAuthError | Rejection, exposeDebug = false): ErrorReport {
  const error = refusal instanceof OAuthError ? refusal.code : refusal.error;
  const parts = [refusal.description, refusal.hint, exposeDebug ? refusal.debug : undefined];
  return { error, description: parts.filter(Boolean).join(' ').replaceAll('"', "'") };
}
