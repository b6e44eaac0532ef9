import type { Client } from '../model/client.js';
import { type ClientMetadata, LIFESPAN_FIELDS, SECOND_GENERATION_FIELDS } from '../protocol/client-metadata.js';
import { formatGoDuration } from '../protocol/duration.js';
import { toRfc3339 } from '../protocol/time.js';

export interface ClientViewOptions {
  /** Members that Hydra 1.7 has not: always there, or only where they have a value. */
  readonly newerMembers: 'always' | 'where-set';
  /** In clear; given only in the answer to the request that made or set it. */
  readonly secret?: string | undefined;
}

/** Lifespans that the second generation has no member for. */
const FIRST_GENERATION_ONLY: ReadonlySet<string> = new Set(
  LIFESPAN_FIELDS.filter((field) => field.startsWith('password_grant_')),
);

/**
 * A client on the wire, its members in Hydra's order. Hydra: texts and flags of newer standards are left out where they
 * are empty, older ones are always there. Lists are never null, since generated clients of several languages refuse that.
 */
export function clientView(client: Client, options: ClientViewOptions): Record<string, unknown> {
  const { metadata } = client;
  return {
    client_id: client.id,
    client_name: metadata.client_name,
    ...(options.secret === undefined ? {} : { client_secret: options.secret }),
    redirect_uris: metadata.redirect_uris,
    grant_types: metadata.grant_types,
    response_types: metadata.response_types,
    scope: metadata.scope,
    audience: metadata.audience,
    owner: metadata.owner,
    policy_uri: metadata.policy_uri,
    allowed_cors_origins: metadata.allowed_cors_origins,
    tos_uri: metadata.tos_uri,
    client_uri: metadata.client_uri,
    logo_uri: metadata.logo_uri,
    contacts: metadata.contacts,
    client_secret_expires_at: 0,
    subject_type: metadata.subject_type,
    ...whereSet(metadata, ['sector_identifier_uri', 'jwks_uri']),
    jwks: metadata.jwks ?? {},
    ...whereSet(metadata, ['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'request_uris']),
    ...whereSet(metadata, ['request_object_signing_alg', 'userinfo_signed_response_alg']),
    created_at: toRfc3339(client.createdAt),
    updated_at: toRfc3339(client.updatedAt),
    ...whereSet(metadata, ['frontchannel_logout_uri', 'frontchannel_logout_session_required']),
    ...whereSet(metadata, ['post_logout_redirect_uris']),
    ...whereSet(metadata, ['backchannel_logout_uri', 'backchannel_logout_session_required']),
    metadata: metadata.metadata,
    ...(options.newerMembers === 'always' ? allNewer(metadata) : setNewer(metadata)),
  };
}

/**
 * A client as it sees itself (RFC 7591 §3.2.1). Members without a value are left out, for the libraries of clients take null
 * and empty text for values; so are lists, whose defaults (RFC 7591 §2) an empty one would deny. Not so `redirect_uris`,
 * which they require. What the operator noted about the client in `metadata` is not its business.
 */
export function selfView(client: Client, secret?: string): Record<string, unknown> {
  const { metadata: _notes, ...members } = clientView(client, { newerMembers: 'always', secret });
  return Object.fromEntries(
    Object.entries(members).filter(([name, value]) => name === 'redirect_uris' || !isBlank(value)),
  );
}

function isBlank(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Members that are left out where they have no value. */
function whereSet(metadata: ClientMetadata, fields: readonly (keyof ClientMetadata)[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, metadata[field]]).filter(([, value]) => isSet(value)));
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== '' && value !== false && value !== null;
}

function allNewer(metadata: ClientMetadata): Record<string, unknown> {
  return {
    ...whereSet(metadata, ['access_token_strategy', 'application_type']),
    skip_consent: metadata.skip_consent,
    // Hydra prints null where it was never set, which no older client can read.
    skip_logout_consent: metadata.skip_logout_consent ?? false,
    ...lifespans(metadata, (field) => !FIRST_GENERATION_ONLY.has(field)),
  };
}

function setNewer(metadata: ClientMetadata): Record<string, unknown> {
  return {
    ...whereSet(metadata, ['access_token_strategy', 'application_type', 'skip_consent', 'skip_logout_consent']),
    ...lifespans(metadata, (field) => !SECOND_GENERATION_FIELDS.has(field) && metadata[field] !== null),
  };
}

function lifespans(
  metadata: ClientMetadata,
  shown: (field: (typeof LIFESPAN_FIELDS)[number]) => boolean,
): Record<string, string | null> {
  return Object.fromEntries(
    LIFESPAN_FIELDS.filter(shown).map((field) => {
      const span = metadata[field];
      return [field, span === null ? null : formatGoDuration(span)];
    }),
  );
}
