/** Issuers whose assertions are taken as grants (RFC 7523 §3), as the admin side keeps them. */
import { type Jwk, parseJwk, publicJwk } from '../crypto/jwk.js';
import { type Random, timeOrderedId } from '../crypto/random.js';
import type { StoredKey, TrustedIssuer } from '../model/index.js';
import { OAuthError } from '../protocol/errors.js';
import { isStorableIn, isStorableSubject, NAME_BYTES, SUBJECT_CHARACTERS } from '../protocol/storable.js';
import { type Clock, fromRfc3339, type Instant } from '../protocol/time.js';
import type { Store, TrustQuery } from '../store/index.js';

export interface TrustOperations {
  /**
   * Trusts an issuer from now on.
   *
   * @throws OAuthError `missing_required_parameter` for a member that is not there, `error` 400 for one that cannot be
   * used, 409 where this issuer is trusted for this subject with this key already
   */
  create(body: Readonly<Record<string, unknown>>): Promise<TrustedIssuer>;
  /** @throws OAuthError 404 */
  get(id: string): Promise<TrustedIssuer>;
  list(query: TrustQuery): Promise<TrustedIssuer[]>;
  count(query: Pick<TrustQuery, 'issuer'>): Promise<number>;
  /** From then on its assertions are refused. @throws OAuthError 404 */
  delete(id: string): Promise<void>;
}

export interface TrustOperationsParts {
  readonly store: Pick<Store, 'trust'>;
  readonly random: Random;
  readonly clock: Clock;
}

const TAKEN = 'Unable to insert or update resource because a resource with that value exists already';
const MISSING = 'Unable to locate the resource';

export function createTrustOperations({ store, random, clock }: TrustOperationsParts): TrustOperations {
  return {
    async create(body) {
      const now = clock.now();
      const { jwk, ...request } = readRequest(body);
      const id = timeOrderedId(now, random);
      const trusted: TrustedIssuer = { id, ...request, kid: jwk.kid, createdAt: wholeSecond(now) };
      const key: StoredKey = { set: trusted.issuer, kid: jwk.kid, generated: false, jwk: { ...jwk }, createdAt: now };
      if (!(await store.trust.insert(trusted, key))) throw new OAuthError(TAKEN);
      return trusted;
    },

    async get(id) {
      const found = await store.trust.find(id);
      if (found === undefined) throw new OAuthError(MISSING);
      return found;
    },

    list: (query) => store.trust.list(query),
    count: (query) => store.trust.count(query),

    async delete(id) {
      if (!(await store.trust.delete(id))) throw new OAuthError(MISSING);
    },
  };
}

type TrustRequest = Pick<TrustedIssuer, 'issuer' | 'subject' | 'allowAnySubject' | 'scope' | 'expiresAt'> & {
  readonly jwk: Jwk & { readonly kid: string };
};

function readRequest(body: Readonly<Record<string, unknown>>): TrustRequest {
  // Hydra: names of members in any case, and null stands for nothing.
  const members = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value ?? undefined]));
  const issuer = readText(members, 'issuer', isStorableName, NAME_WANTED);
  const subject = readText(members, 'subject', isStorableSubject, `a text of at most ${SUBJECT_CHARACTERS} characters`);
  const allowAnySubject = members.get('allow_any_subject') ?? false;
  if (typeof allowAnySubject !== 'boolean') throw unusable('allow_any_subject', 'true or false');
  const scope = readScope(members.get('scope') ?? []);
  const expires = members.get('expires_at');
  const expiresAt = typeof expires === 'string' ? fromRfc3339(expires) : undefined;
  if (expires !== undefined && expiresAt === undefined)
    throw unusable('expires_at', 'a time such as 2030-01-31T12:00:00Z');
  const given = members.get('jwk');
  const jwk = given === undefined ? undefined : readKey(given);

  if (issuer === '') throw missing('The member issuer is needed.');
  if (subject === '' && !allowAnySubject) throw missing('One of subject and allow_any_subject is needed.');
  if (subject !== '' && allowAnySubject) throw missing('Of subject and allow_any_subject only one can be given.');
  if (expiresAt === undefined) throw missing('The member expires_at is needed.');
  if (!jwk?.kid) throw missing('The member jwk has to be a key with a kid.');
  return {
    issuer,
    subject,
    allowAnySubject,
    scope,
    expiresAt: wholeSecond(expiresAt),
    jwk: { ...jwk, kid: jwk.kid },
  };
}

function readText(
  members: ReadonlyMap<string, unknown>,
  name: string,
  isUsable: (text: string) => boolean,
  wanted: string,
): string {
  const value = members.get(name) ?? '';
  if (typeof value !== 'string' || !isUsable(value)) throw unusable(name, wanted);
  return value;
}

const NAME_WANTED = `a text of at most ${NAME_BYTES} bytes in UTF-8`;

function isStorableName(text: string): boolean {
  return isStorableIn(NAME_BYTES, text);
}

function readScope(value: unknown): string[] {
  const scope = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  if (!Array.isArray(value) || scope.length !== value.length) throw unusable('scope', 'a list of texts');
  return scope;
}

/** The public half is all that is ever needed, so nothing else is kept. */
function readKey(value: unknown): Jwk {
  let jwk: Jwk;
  try {
    jwk = parseJwk(value);
  } catch (error) {
    // The reasons of parseJwk never quote the key.
    throw unreadable(`The jwk cannot be used: ${error instanceof Error ? error.message : 'it is no key'}.`);
  }
  const half = publicJwk(jwk);
  if (half === undefined) throw unreadable('The jwk cannot be used: a symmetric key proves nothing about who signed.');
  if (!isStorableName(half.kid ?? '')) throw unusable('kid of the jwk', NAME_WANTED);
  return half;
}

/** Hydra: whole seconds, the nearest. */
function wholeSecond(instant: Instant): Instant {
  return Math.round(instant / 1000) * 1000;
}

function missing(hint: string): OAuthError {
  return new OAuthError('missing_required_parameter', hint);
}

function unusable(member: string, wanted: string): OAuthError {
  return unreadable(`The member ${member} has to be ${wanted}.`);
}

function unreadable(hint: string): OAuthError {
  return new OAuthError('error', hint, { status: 400, debug: hint });
}
