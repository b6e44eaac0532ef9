import { type Jwk, parseJwk, publicJwk } from '../crypto/jwk.js';
import type { GuardedFetch } from '../hooks/guarded-fetch.js';
import {
  type ClientMetadata,
  type ClientMetadataInput,
  readClientMetadata,
  validateClientMetadata,
} from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';
import { isStorableIn, LABEL_BYTES, NAME_BYTES } from '../protocol/storable.js';
import type { ClientGeneration } from './generations.js';
import { checkCalledAddresses, checkSectorDocument } from './reachable.js';

export interface DescribeParts {
  readonly fetch: Pick<GuardedFetch, 'get' | 'check'>;
  readonly rules: { readonly subjectTypes: readonly string[]; readonly defaultScope: readonly string[] };
}

/** What a body says about a client, and the whole description that follows from it. */
export interface Described {
  readonly input: ClientMetadataInput;
  readonly metadata: ClientMetadata;
}

/**
 * Reads a body and checks it as far as it can be without looking at what is stored. `refuse` may object to what was read,
 * before anything else does.
 *
 * @throws OAuthError in the words of the generation
 */
export type Describe = (
  body: Readonly<Record<string, unknown>>,
  generation: ClientGeneration,
  options?: {
    readonly unknownFields?: ReadonlySet<string>;
    readonly refuse?: (input: ClientMetadataInput) => void;
  },
) => Promise<Described>;

export function createDescribe({ fetch, rules }: DescribeParts): Describe {
  return async (body, generation, { unknownFields = generation.unknownFields, refuse } = {}) => {
    try {
      const input = readClientMetadata(body, unknownFields);
      refuse?.(input);
      checkLengths(input);
      const metadata = validateClientMetadata(input, { ...rules, informationalUris: generation.informationalUris });
      const checked = { ...metadata, jwks: publicKeysOf(metadata) };
      await checkCalledAddresses(checked, fetch);
      await checkSectorDocument(checked, fetch);
      return { input, metadata: checked };
    } catch (error) {
      throw error instanceof OAuthError ? generation.refusal(error) : error;
    }
  };
}

/** The next description, but for fields that whoever wrote it does not know or may not touch. */
export function keepFields(next: ClientMetadata, before: ClientMetadata, fields: Iterable<string>): ClientMetadata {
  const kept = new Set(fields);
  return { ...next, ...Object.fromEntries(Object.entries(before).filter(([field]) => kept.has(field))) };
}

/** What is looked up by has to fit into a column; all else is kept as JSON. */
const LONGEST = [
  ['client_id', NAME_BYTES],
  ['client_name', LABEL_BYTES],
  ['owner', LABEL_BYTES],
] as const;

function checkLengths(input: ClientMetadataInput): void {
  for (const [field, bytes] of LONGEST) {
    if (isStorableIn(bytes, input[field] ?? '')) continue;
    throw new OAuthError(
      'invalid_client_metadata',
      `The field ${field} must have at most ${bytes} bytes in UTF-8, none of them U+0000.`,
    );
  }
}

/** RFC 7591 §2: `jwks` has public keys. Private members that came along are not kept; a shared secret is no such key. */
function publicKeysOf(metadata: ClientMetadata): ClientMetadata['jwks'] {
  if (metadata.jwks === null) return null;
  return {
    keys: metadata.jwks.keys.map((value) => {
      const key = publicJwk(readKey(value));
      if (key !== undefined) return key;
      throw new OAuthError(
        'invalid_client_metadata',
        'The field jwks has a symmetric key. Register RSA, EC or Ed25519 public keys.',
      );
    }),
  };
}

function readKey(value: unknown): Jwk {
  try {
    return parseJwk(value);
  } catch (error) {
    // The reasons of parseJwk never quote the key.
    const reason = error instanceof Error ? error.message : 'it is no key';
    throw new OAuthError(
      'The request was malformed or contained invalid parameters',
      `The field jwks has a key that cannot be used: ${reason}. Give complete RSA, EC or Ed25519 public keys.`,
    );
  }
}
