import { type ClientKeySet, type ClientMetadataInput, LIFESPAN_FIELDS } from './client-metadata-fields.js';
import { parseGoDuration } from './duration.js';
import { OAuthError } from './errors.js';
import { fromRfc3339, type Instant, type Milliseconds } from './time.js';

/** Fields that no first-generation server knows, so that its bodies may hold anything there. */
export const SECOND_GENERATION_FIELDS: ReadonlySet<string> = new Set([
  'access_token_strategy',
  'application_type',
  'skip_consent',
  'skip_logout_consent',
  ...LIFESPAN_FIELDS.filter((field) => field.startsWith('device_authorization_')),
]);

type Field = keyof Required<ClientMetadataInput>;

/** Turns a JSON value that is not `null` into a field's value; `undefined` where that counts as not set. */
type Reader<Value> = (value: unknown, field: string) => Value | undefined;

const text: Reader<string> = (value, field) => (typeof value === 'string' ? value : malformed(field, 'a string'));
const flag: Reader<boolean> = (value, field) =>
  typeof value === 'boolean' ? value : malformed(field, 'true or false');
const list: Reader<string[]> = (value, field) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value
    : malformed(field, 'a list of strings');
const lifespan: Reader<Milliseconds> = (value, field) =>
  (typeof value === 'string' ? parseGoDuration(value) : undefined) ??
  malformed(field, 'a duration such as "1h30m", or null');
const time: Reader<Instant> = (value, field) =>
  (typeof value === 'string' ? fromRfc3339(value) : undefined) ??
  malformed(field, 'a time such as "2030-01-01T00:00:00Z"');
const integer: Reader<number> = (value, field) =>
  typeof value === 'number' && Number.isInteger(value) ? value : malformed(field, 'an integer');
/** Hydra prints `{}` for "no keys", so the same must be taken back for it. */
const keySet: Reader<ClientKeySet> = (value, field) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return malformed(field, 'a JSON Web Key set');
  const keys: unknown = Reflect.get(value, 'keys') ?? [];
  if (!Array.isArray(keys)) return malformed(field, 'a JSON Web Key set, whose keys are a list');
  return keys.length === 0 ? undefined : { keys };
};

const READERS: { readonly [F in Field]: Reader<Required<ClientMetadataInput>[F]> } = {
  ...readAll(LIFESPAN_FIELDS, lifespan),
  ...readAll(['client_id', 'client_name', 'client_secret', 'scope', 'owner', 'subject_type'], text),
  ...readAll(['policy_uri', 'tos_uri', 'client_uri', 'logo_uri', 'sector_identifier_uri', 'jwks_uri'], text),
  ...readAll(['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'request_object_signing_alg'], text),
  ...readAll(['userinfo_signed_response_alg', 'frontchannel_logout_uri', 'backchannel_logout_uri'], text),
  ...readAll(['access_token_strategy', 'application_type'], text),
  ...readAll(['redirect_uris', 'grant_types', 'response_types', 'audience', 'allowed_cors_origins'], list),
  ...readAll(['contacts', 'request_uris', 'post_logout_redirect_uris'], list),
  ...readAll(['frontchannel_logout_session_required', 'backchannel_logout_session_required'], flag),
  ...readAll(['skip_consent', 'skip_logout_consent'], flag),
  jwks: keySet,
  metadata: (value) => value,
  created_at: time,
};

/** Fields of an answer that come back in bodies and mean nothing there; only their type is checked, as Hydra does. */
const IGNORED: ReadonlyMap<string, Reader<unknown>> = new Map<string, Reader<unknown>>([
  ['client_secret_expires_at', integer],
  ['updated_at', time],
  ['registration_access_token', text],
  ['registration_client_uri', text],
]);

const BY_NAME: ReadonlyMap<string, Reader<unknown>> = new Map<string, Reader<unknown>>(Object.entries(READERS));

/**
 * Reads a body. Names in any case, of several spellings of one name the last counts, `null` means not set (but for
 * `metadata`, where it is a value), unknown names and those in `ignore` are passed over. Throws the admin side's refusal
 * of a malformed request for a value of the wrong JSON type.
 */
export function readClientMetadata(
  body: Readonly<Record<string, unknown>>,
  ignore: ReadonlySet<string> = new Set(),
): ClientMetadataInput {
  const input = new Map<string, unknown>();
  for (const [spelling, value] of Object.entries(body)) {
    const field = spelling.toLowerCase();
    const read = BY_NAME.get(field);
    if (ignore.has(field)) continue;
    if (value === null && field !== 'metadata') input.delete(field);
    else if (read) set(input, field, read(value, field));
    else IGNORED.get(field)?.(value, field);
  }
  // Each entry went through the reader of its name, whose type READERS ties to the field's.
  return Object.fromEntries(input) as ClientMetadataInput;
}

function set(input: Map<string, unknown>, field: string, value: unknown): void {
  if (value === undefined) input.delete(field);
  else input.set(field, value);
}

function readAll<F extends string, Value>(fields: readonly F[], reader: Reader<Value>): Record<F, Reader<Value>> {
  // Object.fromEntries forgets the names; they are exactly those of `fields`.
  return Object.fromEntries(fields.map((field) => [field, reader])) as Record<F, Reader<Value>>;
}

function malformed(field: string, wanted: string): never {
  throw new OAuthError(
    'The request was malformed or contained invalid parameters',
    `The field ${field} must be ${wanted}. Correct it or leave it out.`,
  );
}
