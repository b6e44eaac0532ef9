/** What the two generations of the admin API say differently about clients. The rules of `register.ts` are one. */
import { LIFESPAN_FIELDS, type LifespanField, SECOND_GENERATION_FIELDS } from '../protocol/client-metadata.js';
import { type ErrorCode, OAuthError } from '../protocol/errors.js';
import type { PatchRules } from './json-patch.js';

export interface ClientGeneration {
  /** Fields that this generation does not know: passed over in a body, and kept as they are by a replacement. */
  readonly unknownFields: ReadonlySet<string>;
  /** Whether `tos_uri`, `policy_uri`, `logo_uri` and `client_uri` have to be web addresses. */
  readonly informationalUris: 'checked' | 'unchecked';
  /** Whether a new client gets a registration access token (RFC 7592 §3). */
  readonly registrationTokens: boolean;
  /** What a replacement does to `created_at`; the answer shows the value of the body, or now, in either case. */
  readonly createdAt: 'overwritten' | 'kept';
  /** What is said when somebody reads a client that does not exist. */
  readonly unknownClient: ErrorCode;
  /** Whether the deletion of a client that does not exist is an error. */
  readonly unknownDeletion: 'error' | 'ignored';
  /** PATCH: what a patch may do, the fields that it passes over, and whether it ends the client's own say as PUT does. */
  readonly patch: PatchRules & {
    readonly unknownFields: ReadonlySet<string>;
    readonly endsRegistrationToken: boolean;
  };
  /** What the operation for lifespans sets; other lifespans it leaves alone. */
  readonly lifespans: readonly LifespanField[];
  /** Puts a refusal into the words of the generation. */
  refusal(refusal: OAuthError): OAuthError;
}

/** Lifespans of the resource owner password grant, which only 1.11 has: in the JSON of the second generation they are no more. */
const PASSWORD_LIFESPANS: ReadonlySet<string> = new Set(
  LIFESPAN_FIELDS.filter((field) => field.startsWith('password_grant_')),
);

/** `/admin/clients`: RFC 7591's words. */
export const SECOND_GENERATION: ClientGeneration = {
  unknownFields: PASSWORD_LIFESPANS,
  informationalUris: 'checked',
  registrationTokens: true,
  createdAt: 'kept',
  unknownClient: 'Unable to locate the resource',
  unknownDeletion: 'error',
  patch: {
    operations: ['add', 'remove', 'replace'],
    missingPlaces: 'made',
    unknownFields: PASSWORD_LIFESPANS,
    endsRegistrationToken: true,
  },
  lifespans: LIFESPAN_FIELDS.filter((field) => !PASSWORD_LIFESPANS.has(field)),
  refusal: (refusal) => refusal,
};

/** `/clients`. Hydra: 1.7 has one code for everything that is wrong with a client, and reads an unknown one as a failed login. */
export const FIRST_GENERATION: ClientGeneration = {
  // 1.11's lifespans as well: on these paths they have an operation of their own.
  unknownFields: new Set<string>([...SECOND_GENERATION_FIELDS, ...LIFESPAN_FIELDS]),
  informationalUris: 'unchecked',
  registrationTokens: false,
  createdAt: 'overwritten',
  unknownClient: 'The request could not be authorized',
  unknownDeletion: 'ignored',
  // Hydra 1.11, for 1.7 has neither operation.
  patch: {
    operations: ['add', 'remove', 'replace', 'move', 'copy', 'test'],
    missingPlaces: 'refused',
    unknownFields: SECOND_GENERATION_FIELDS,
    endsRegistrationToken: false,
  },
  lifespans: LIFESPAN_FIELDS.filter((field) => !SECOND_GENERATION_FIELDS.has(field)),
  refusal(refusal) {
    const { code, hint, debug, cause } = refusal;
    if (code === 'invalid_client_metadata' || code === 'invalid_redirect_uri') {
      return new OAuthError('invalid_request', hint, { ...(debug === undefined ? {} : { debug }), cause });
    }
    if (code === 'The request was malformed or contained invalid parameters') {
      return new OAuthError('error', undefined, { status: 400, ...(hint === undefined ? {} : { debug: hint }), cause });
    }
    return refusal;
  },
};

/** By the name of the generation. */
export const CLIENT_GENERATIONS: Readonly<Record<'first' | 'second', ClientGeneration>> = {
  first: FIRST_GENERATION,
  second: SECOND_GENERATION,
};
