/**
 * Texts that every database can hold, and how long they may be. PostgreSQL refuses U+0000; half of a surrogate pair has no
 * form in UTF-8 (RFC 3629 §3); and what is looked up by an index has to fit into an entry of it: PostgreSQL takes some
 * 2,700 bytes, MySQL and MariaDB 3,072, over all columns of a key together. `docs/decisions/0017-lengths-of-names.md` has
 * the sums.
 */

/** Bytes in UTF-8 of a client id, a key set, a `kid`, an issuer. */
export const NAME_BYTES: number = 255;

/** Characters of a subject or of an identifier forced for one: what Hydra's columns take, and OpenID Connect Core §2 for `sub`. */
export const SUBJECT_CHARACTERS: number = 255;

/** Bytes of a subject, which follow from that: no character has more than four. */
export const SUBJECT_BYTES: number = 4 * SUBJECT_CHARACTERS;

/** Bytes of what clients are listed by, their name and their owner. Part of no key. */
export const LABEL_BYTES: number = 1_020;

/** Bytes of ids that a server makes: ours are UUIDs, Hydra's columns have room for a little more. */
export const ID_BYTES: number = 40;

/** Whether a text has neither U+0000 nor half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}

/** Whether a text can be stored, and has at most so many bytes in UTF-8. */
export function isStorableIn(bytes: number, text: string): boolean {
  return Buffer.byteLength(text) <= bytes && isStorable(text);
}

/** Whether a text can be stored as a subject. */
export function isStorableSubject(text: string): boolean {
  // A text never has more characters than it has UTF-16 units, so most need no counting.
  return (text.length <= SUBJECT_CHARACTERS || [...text].length <= SUBJECT_CHARACTERS) && isStorable(text);
}

/** Where JSON text says, by escapes, what no database can hold; a backslash in front may take the meaning away. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i;

/**
 * Where a value that was parsed from this JSON has a text that cannot be stored, names of members included: a path such as
 * `session.id_token.name`. `undefined` where there is none. Of well-formed UTF-8, that is.
 */
export function unstorableMember(value: unknown, json: string): string | undefined {
  // Nearly no document has such an escape, so the walk is rare.
  return SUSPICIOUS.test(json) ? search(value, '') : undefined;
}

function search(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const place = path === '' ? name : `${path}.${name}`;
    const found = isStorable(name) ? search(inner, place) : place;
    if (found !== undefined) return found;
  }
  return undefined;
}
