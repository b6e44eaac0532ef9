/**
 * Encryption of what must not lie in the database in clear: AES-256-GCM, stored as padded base64url of nonce ‖ ciphertext ‖
 * tag. Hydra: the same scheme and text form, so that imported rows open and a way back stays.
 */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import { decodeBase64Url } from './base64url.js';
import { type Random, systemRandom } from './random.js';
import { type SecretRing, signingEntry } from './secret-ring.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals with the first entry. */
export function seal(ring: SecretRing, plain: string, random: Random = systemRandom): string {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, signingEntry(ring).key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return sealed.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** Opens what any entry sealed; `undefined` when none fits or the text was altered. */
export function unseal(ring: SecretRing, sealed: string): string | undefined {
  const bytes = decode(sealed);
  if (bytes === undefined) return undefined;
  for (const { key } of ring.entries) {
    const plain = open(key, bytes);
    if (plain !== undefined) return plain;
  }
  return undefined;
}

/** Whether the first entry opens the text: what an older one sealed should be sealed anew while that is still there. */
export function sealedByFirst(ring: SecretRing, sealed: string): boolean {
  const bytes = decode(sealed);
  return bytes !== undefined && open(signingEntry(ring).key, bytes) !== undefined;
}

function decode(sealed: string): Buffer | undefined {
  const bytes = decodeBase64Url(sealed.replace(/={1,2}$/, ''));
  return bytes === undefined || bytes.length < NONCE_BYTES + TAG_BYTES ? undefined : bytes;
}

function open(key: Buffer, bytes: Buffer): string | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    // The tag does not fit: another secret, or not what was stored.
    return undefined;
  }
}
