import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkChallenge, type PkceChallenge, verifyPkce } from './pkce.js';

// RFC 7636 Appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const S256: PkceChallenge = { challenge: CHALLENGE, method: 'S256' };

const refusal = (code: string) => expect.objectContaining({ code });

describe('checkChallenge', () => {
  const strict = { required: true, allowPlain: false };
  const lax = { required: false, allowPlain: false };

  it('takes S256, and plain only where allowed', () => {
    const sent = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    expect(checkChallenge(sent, strict)).toEqual(S256);
    for (const code_challenge_method of ['plain', '', undefined]) {
      const plain = { code_challenge: VERIFIER, code_challenge_method };
      expect(() => checkChallenge(plain, lax)).toThrow(refusal('invalid_request'));
      expect(checkChallenge(plain, { required: false, allowPlain: true })).toEqual({
        challenge: VERIFIER,
        method: 'plain',
      });
    }
  });

  it.each(['S512', 's256', 'PLAIN'])('refuses the method %s', (code_challenge_method) => {
    const sent = { code_challenge: CHALLENGE, code_challenge_method };
    expect(() => checkChallenge(sent, { required: false, allowPlain: true })).toThrow(refusal('invalid_request'));
  });

  it('does without a challenge where none is required', () => {
    expect(checkChallenge({}, lax)).toBeUndefined();
    expect(checkChallenge({ code_challenge: '', code_challenge_method: 'S256' }, lax)).toBeUndefined();
    expect(() => checkChallenge({}, strict)).toThrow(refusal('invalid_request'));
  });

  it.each(['x'.repeat(42), 'x'.repeat(129), `${CHALLENGE}=`])(
    'refuses %s, which no verifier could meet',
    (code_challenge) => {
      const sent = { code_challenge, code_challenge_method: 'S256' };
      expect(() => checkChallenge(sent, lax)).toThrow(refusal('invalid_request'));
    },
  );
});

describe('verifyPkce', () => {
  it('takes the right verifier', () => {
    expect(() => verifyPkce(S256, VERIFIER, true)).not.toThrow();
    expect(() => verifyPkce({ challenge: VERIFIER, method: 'plain' }, VERIFIER, true)).not.toThrow();
  });

  it('is for neither side to use, unless required', () => {
    expect(() => verifyPkce(undefined, undefined, false)).not.toThrow();
    expect(() => verifyPkce(undefined, '', false)).not.toThrow();
    expect(() => verifyPkce(undefined, undefined, true)).toThrow(refusal('invalid_request'));
  });

  it.each([
    [undefined, VERIFIER],
    [S256, undefined],
    [S256, ''],
    [S256, VERIFIER.slice(1)],
    [S256, 'short'],
    [S256, 'x'.repeat(129)],
    [S256, `${VERIFIER}+`],
    [S256, `${VERIFIER}\n`],
    [S256, `${VERIFIER.slice(0, -1)}K`],
    [S256, CHALLENGE],
    [{ challenge: VERIFIER, method: 'plain' } as const, CHALLENGE],
  ])('refuses %j with %j', (stored, verifier) => {
    for (const required of [true, false]) {
      expect(() => verifyPkce(stored, verifier, required)).toThrow(refusal('invalid_grant'));
    }
  });

  it('takes every verifier of the RFC, and no other for the same challenge', () => {
    const letters = fc.constantFrom(...'ABCXYZabcxyz0189-._~');
    const verifiers = fc.string({ unit: letters, minLength: 43, maxLength: 128 });
    fc.assert(
      fc.property(verifiers, verifiers, (mine, other) => {
        const challenge = createHash('sha256').update(mine).digest('base64url');
        const stored = checkChallenge(
          { code_challenge: challenge, code_challenge_method: 'S256' },
          { required: true, allowPlain: false },
        );
        verifyPkce(stored, mine, true);
        if (other !== mine) expect(() => verifyPkce(stored, other, true)).toThrow(refusal('invalid_grant'));
      }),
    );
  });
});
