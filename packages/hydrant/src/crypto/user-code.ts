/** User codes of devices: drawn without bias, and stored under a key, since there are few enough of them to try all. */

import type { UserCodeFormat } from '../protocol/user-code.js';
import { hmacSha256 } from './hmac.js';
import type { Random } from './random.js';
import type { SecretRing } from './secret-ring.js';

/** A new code. Every character is equally likely: bytes beyond the last whole round of the alphabet are drawn again. */
export function drawUserCode({ characters, length }: UserCodeFormat, random: Random): string {
  const fair = 65_536 - (65_536 % characters.length);
  let code = '';
  let drawn = 0;
  while (drawn < length) {
    const value = random.bytes(2).readUInt16BE();
    if (value >= fair) continue;
    code += characters[value % characters.length] ?? '';
    drawn += 1;
  }
  return code;
}

/** What stands for a code in the database, 32 bytes: one for each entry of `secrets.system`, that of the signing one first. */
export function userCodeDigests(code: string, ring: SecretRing): readonly [Buffer, ...Buffer[]] {
  const [first, ...others] = ring.entries.map(({ hmac }) => hmacSha256(hmac, 'user_code:', code));
  if (!first) throw new RangeError('secrets.system has no entry');
  return [first, ...others];
}
