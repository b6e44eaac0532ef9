/**
 * How stored keys are named on the wire. A key that Hydrant made is one record with one `kid`.
 *
 * Hydra: the first generation has it as two keys, `private:<kid>` and `public:<kid>`. That is a view of the one record, and
 * what is written under such names is folded back into it.
 */
import { isPrivate, type Jwk, publicJwk } from '../crypto/jwk.js';
import type { StoredKey } from '../model/json-web-key.js';
import { jwkOf } from './stored-jwk.js';

/** What a key becomes when it is stored. */
export type Placed = Pick<StoredKey, 'kid' | 'generated' | 'jwk'>;

/** A key that is written has a `kid`. */
export type NamedJwk = Jwk & { readonly kid: string };

export interface KeyNaming {
  /** The keys that one record is on the wire, private first. */
  show(stored: StoredKey): readonly Jwk[];
  /** The record for a key that came with this name, beside those that are there. */
  place(jwk: NamedJwk, present: readonly Placed[]): Placed;
  /** What is left of a record without the key of this name: nothing, another record, or itself where it has none such. */
  without(stored: StoredKey, kid: string): StoredKey | undefined;
}

/** `/admin/keys`: a record is a key. */
export const PLAIN: KeyNaming = {
  show: (stored) => [jwkOf(stored) ?? asItStands(stored)],
  place: brought,
  without: (stored, kid) => (stored.kid === kid ? undefined : stored),
};

/** `/keys`: a record that Hydrant made is a pair, unless it is symmetric. */
export const PAIRS: KeyNaming = {
  show(stored) {
    const jwk = jwkOf(stored);
    const half = jwk && publicJwk(jwk);
    if (!stored.generated || jwk === undefined || half === undefined) return PLAIN.show(stored);
    const shown: Jwk = { ...half, kid: `public:${stored.kid}` };
    if (!isPrivate(jwk)) return [shown];
    // Hydra: the first generation leaves out what can be computed from p and q.
    const { dp: _dp, dq: _dq, qi: _qi, ...rest } = jwk;
    return [{ ...rest, kid: `private:${stored.kid}` }, shown];
  },

  place(jwk, present) {
    const [, half, kid] = /^(private|public):(.+)$/s.exec(jwk.kid) ?? [];
    if (kid === undefined || publicJwk(jwk) === undefined || (half === 'private') !== isPrivate(jwk))
      return brought(jwk);
    const other = present.find((key) => key.kid === kid);
    if (other && !other.generated) return brought(jwk);
    // The private half is already there and tells the public one as well.
    if (other && half === 'public' && belongsTo(jwk, other)) return other;
    return { kid, generated: true, jwk: { ...jwk, kid } };
  },

  without(stored, kid) {
    const names = PAIRS.show(stored).map((jwk) => jwk.kid);
    if (!names.includes(kid)) return stored;
    const half = kid === `private:${stored.kid}` ? publicJwk(jwkOf(stored) ?? { kty: 'oct' }) : undefined;
    // A withdrawn public half takes the private one along: nobody could check what it signs.
    return stored.generated && half !== undefined ? { ...stored, jwk: { ...half } } : undefined;
  },
};

function brought(jwk: NamedJwk): Placed {
  return { kid: jwk.kid, generated: false, jwk: { ...jwk } };
}

/** A record from elsewhere that cannot be used is shown all the same, so that it can be found and deleted. */
function asItStands(stored: StoredKey): Jwk {
  return { kty: '', ...stored.jwk, kid: stored.kid };
}

function belongsTo(half: Jwk, other: Placed): boolean {
  const whole = jwkOf(other);
  if (whole === undefined || !isPrivate(whole)) return false;
  return (['kty', 'crv', 'x', 'y', 'n', 'e'] as const).every((member) => half[member] === whole[member]);
}
