/** base64url without padding (RFC 7515 §2), read strictly. */

const ALPHABET = /^[A-Za-z0-9_-]*$/;

/**
 * The bytes of a text in canonical base64url; `undefined` for anything else, other alphabets, padding and set spare bits
 * included. Strict, because a credential that can be written in two ways can be told apart from its own record.
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  if (!ALPHABET.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Whole groups of four characters have no spare bits.
  if (text.length % 4 === 0) return bytes;
  return bytes.toString('base64url') === text ? bytes : undefined;
}
