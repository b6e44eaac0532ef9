import {
  type ClientMetadata,
  type ClientMetadataInput,
  LIFESPAN_FIELDS,
  type LifespanField,
} from './client-metadata-fields.js';
import { OAuthError } from './errors.js';
import { isValidRedirectUri } from './redirect-uri.js';
import { formatScope } from './scope.js';
import { CLIENT_SIGNATURE_ALGORITHMS } from './signature-algorithms.js';
import { splitUri } from './uri.js';

export {
  type ClientKeySet,
  type ClientMetadata,
  type ClientMetadataInput,
  LIFESPAN_FIELDS,
  type LifespanField,
} from './client-metadata-fields.js';
export { readClientMetadata, SECOND_GENERATION_FIELDS } from './client-metadata-reader.js';

/** What the server's settings and the generation of the wire say about clients. */
export interface ClientMetadataRules {
  /** Supported subject types, `public` or `pairwise` or both. */
  readonly subjectTypes: readonly string[];
  /** The scope of a client that names none. */
  readonly defaultScope: readonly string[];
  /** Hydra: only the second generation looks at `tos_uri`, `policy_uri`, `logo_uri` and `client_uri`. Default `checked`. */
  readonly informationalUris?: 'checked' | 'unchecked';
}

/**
 * Fills in defaults and checks a client, stopping at the first thing that is wrong, in Hydra's order. Throws
 * `invalid_redirect_uri` for `redirect_uris` and `invalid_client_metadata` for all else (RFC 7591 §3.2.2). Whether the
 * sector document lists the redirect URIs, addresses are public and keys are keys, is for the caller to find out.
 */
export function validateClientMetadata(input: ClientMetadataInput, rules: ClientMetadataRules): ClientMetadata {
  const client = withDefaults(input, rules);
  checkAuthentication(client);
  if (client.jwks && client.jwks_uri !== '') {
    throw refuse('The fields jwks and jwks_uri exclude each other. Leave one of them out.');
  }
  if (rules.informationalUris !== 'unchecked') checkInformationalUris(client);
  checkSecret(input.client_secret);
  const origins = client.allowed_cors_origins.map(normalOrigin);
  checkSectorIdentifier(client.sector_identifier_uri);
  if (!['none', 'RS256'].includes(client.userinfo_signed_response_alg)) {
    throw refuse('The field userinfo_signed_response_alg can be none or RS256. Choose one or leave it out for none.');
  }
  client.redirect_uris.forEach(checkRedirectUri);
  if (!rules.subjectTypes.includes(client.subject_type)) {
    throw refuse(`The field subject_type must be one that the server supports: ${rules.subjectTypes.join(', ')}.`);
  }
  for (const uri of client.post_logout_redirect_uris) checkPostLogoutUri(uri, client.redirect_uris);
  return {
    ...client,
    allowed_cors_origins: origins,
    access_token_strategy: tokenStrategy(input.access_token_strategy),
    application_type: applicationType(input.application_type),
  };
}

function withDefaults(input: ClientMetadataInput, rules: ClientMetadataRules): ClientMetadata {
  return {
    ...lifespans(input),
    client_name: input.client_name ?? '',
    redirect_uris: input.redirect_uris ?? [],
    grant_types: input.grant_types ?? [],
    response_types: input.response_types ?? [],
    scope: input.scope || formatScope(rules.defaultScope),
    audience: input.audience ?? [],
    owner: input.owner ?? '',
    policy_uri: input.policy_uri ?? '',
    tos_uri: input.tos_uri ?? '',
    client_uri: input.client_uri ?? '',
    logo_uri: input.logo_uri ?? '',
    allowed_cors_origins: input.allowed_cors_origins ?? [],
    contacts: input.contacts ?? [],
    subject_type: input.subject_type || defaultSubjectType(rules.subjectTypes),
    sector_identifier_uri: input.sector_identifier_uri ?? '',
    jwks_uri: input.jwks_uri ?? '',
    jwks: input.jwks?.keys.length ? input.jwks : null,
    token_endpoint_auth_method: input.token_endpoint_auth_method || 'client_secret_basic',
    token_endpoint_auth_signing_alg: input.token_endpoint_auth_signing_alg ?? '',
    request_uris: input.request_uris ?? [],
    request_object_signing_alg: input.request_object_signing_alg ?? '',
    userinfo_signed_response_alg: input.userinfo_signed_response_alg || 'none',
    frontchannel_logout_uri: input.frontchannel_logout_uri ?? '',
    frontchannel_logout_session_required: input.frontchannel_logout_session_required ?? false,
    post_logout_redirect_uris: input.post_logout_redirect_uris ?? [],
    backchannel_logout_uri: input.backchannel_logout_uri ?? '',
    backchannel_logout_session_required: input.backchannel_logout_session_required ?? false,
    metadata: input.metadata === undefined ? {} : input.metadata,
    access_token_strategy: '',
    application_type: '',
    skip_consent: input.skip_consent ?? false,
    skip_logout_consent: input.skip_logout_consent ?? null,
  };
}

function lifespans(input: ClientMetadataInput): Record<LifespanField, number | null> {
  // Object.fromEntries forgets the names; they are exactly those of LIFESPAN_FIELDS.
  return Object.fromEntries(LIFESPAN_FIELDS.map((field) => [field, input[field] ?? null])) as Record<
    LifespanField,
    number | null
  >;
}

function defaultSubjectType(supported: readonly string[]): string {
  return supported.includes('public') ? 'public' : (supported[0] ?? 'public');
}

/** Hydra: a method that nobody knows is stored; the client can then never authenticate. */
function checkAuthentication(client: ClientMetadata): void {
  if (client.token_endpoint_auth_method !== 'private_key_jwt') return;
  if (!client.jwks && client.jwks_uri === '') {
    throw refuse('With token_endpoint_auth_method private_key_jwt the client needs keys. Set either jwks or jwks_uri.');
  }
  const algorithm = client.token_endpoint_auth_signing_alg;
  if (algorithm !== '' && !CLIENT_SIGNATURE_ALGORITHMS.includes(algorithm)) {
    throw refuse(`The field token_endpoint_auth_signing_alg must be one of ${CLIENT_SIGNATURE_ALGORITHMS.join(', ')}.`);
  }
}

/** They become links on consent pages, where `javascript:` must not get. */
function checkInformationalUris(client: ClientMetadata): void {
  for (const field of ['tos_uri', 'policy_uri', 'logo_uri', 'client_uri'] as const) {
    if (client[field] !== '' && !isWebScheme(splitUri(client[field])?.scheme)) {
      throw refuse(`The field ${field} must be an http:// or https:// address.`);
    }
  }
}

function checkSecret(secret: string | undefined): void {
  if (secret && Buffer.byteLength(secret) < 6) {
    throw refuse('The field client_secret must be at least 6 bytes long. Leave it out to have one generated.');
  }
}

function normalOrigin(origin: string): string {
  const uri = splitUri(origin);
  if (!uri || !isWebScheme(uri.scheme) || uri.host === '') {
    throw refuse(
      `The field allowed_cors_origins has "${origin}", which is no origin. Use the form https://app.example.com.`,
    );
  }
  if (uri.userinfo !== undefined) {
    throw refuse('The field allowed_cors_origins has an origin with user or password. Remove them.');
  }
  if (/[^/]/.test(uri.path) || uri.query || uri.fragment) {
    throw refuse(`The field allowed_cors_origins has "${origin}". Remove path, query and fragment from it.`);
  }
  return `${uri.scheme}://${uri.host}`;
}

function checkSectorIdentifier(address: string): void {
  if (address !== '' && splitUri(address)?.scheme !== 'https') {
    throw refuse('The field sector_identifier_uri must be an https:// address of a JSON list of all redirect_uris.');
  }
}

function checkRedirectUri(uri: string): void {
  if (isValidRedirectUri(uri)) return;
  throw new OAuthError(
    'invalid_redirect_uri',
    uri.includes('#')
      ? `The field redirect_uris has "${uri}". Remove the fragment (#) from it.`
      : `The field redirect_uris has "${uri}", which cannot be redirected to. Use an absolute URI such as https://app.example.com/callback.`,
  );
}

/** Ports are compared as written: `https://x:443` is not `https://x`. */
function checkPostLogoutUri(uri: string, redirectUris: readonly string[]): void {
  const wanted = splitUri(uri);
  const fits = redirectUris.some((registered) => {
    const known = splitUri(registered);
    return wanted && known && known.scheme === wanted.scheme && known.host === wanted.host;
  });
  if (fits) return;
  throw refuse(
    `The field post_logout_redirect_uris has "${uri}", which has not the scheme, host and port of any of the redirect_uris. Register a redirect URI there or remove it.`,
  );
}

function tokenStrategy(text: string | undefined): ClientMetadata['access_token_strategy'] {
  const strategy = text?.toLowerCase() ?? '';
  if (strategy === '' || strategy === 'opaque' || strategy === 'jwt') return strategy;
  throw refuse('The field access_token_strategy must be opaque or jwt. Leave it out for the strategy of the server.');
}

function applicationType(type = ''): ClientMetadata['application_type'] {
  if (type === '' || type === 'native' || type === 'web') return type;
  throw refuse('The field application_type must be native or web. Leave it out for web.');
}

function isWebScheme(scheme: string | undefined): boolean {
  return scheme === 'http' || scheme === 'https';
}

function refuse(hint: string): OAuthError {
  return new OAuthError('invalid_client_metadata', hint);
}
