import { readOpaque } from '../crypto/opaque-token.js';
import { OAuthError } from '../protocol/errors.js';
import { verifyPkce } from '../protocol/pkce.js';
import { defineGrant, type Grant } from './grant.js';
import { narrowed } from './narrowed.js';

/** Hydra: a nonce this short is refused only here, after login and consent. */
const SHORTEST_NONCE = 8;

/** Authorization code grant: RFC 6749 §4.1.3, OpenID Connect Core §3.1.3, RFC 7636 §4.6. */
export const authorizationCode: Grant = defineGrant({
  type: 'authorization_code',
  lifespans: 'authorization_code',

  async decide({ form, client, now, ring, store, rules }) {
    const code = form.get('code') ?? '';
    const reading = readOpaque('authorization_code', code, ring);
    if (reading.kind !== 'valid')
      throw new OAuthError('invalid_grant', 'The authorization code is unknown or malformed.');
    const family = await store.families.findByCode(reading.key);
    if (!family?.code || family.endedAt !== null)
      throw new OAuthError('invalid_grant', 'The authorization code is unknown, or what it gave was revoked.');
    // Before the client is compared: whoever shows a used code proves that it leaked (RFC 6749 §4.1.2, RFC 9700 §4.5.2).
    if (family.codeSpentAt !== null) return { kind: 'replayed', family, what: 'code' };
    if (family.code.expiresAt <= now) throw new OAuthError('invalid_grant', 'The authorization code has expired.');
    if (family.clientId !== client.id)
      throw new OAuthError('invalid_grant', 'The authorization code was issued to another client.');
    const { redirectUri, pkce } = family.code;
    if (redirectUri !== null && form.get('redirect_uri') !== redirectUri) {
      throw new OAuthError('invalid_grant', 'The redirect_uri is not the one of the authorization request.');
    }
    try {
      verifyPkce(pkce ?? undefined, form.get('code_verifier') ?? undefined, rules.pkceRequired(client));
    } catch (refusal) {
      // A verifier may be tried once: otherwise a stolen code could be tried until one fits (RFC 7636 §7.1).
      if (refusal instanceof OAuthError && refusal.code === 'invalid_grant') return { kind: 'burn', family, refusal };
      throw refusal;
    }
    if (family.grantedScope.includes('openid') && family.nonce !== '' && family.nonce.length < SHORTEST_NONCE) {
      throw new OAuthError('insufficient_entropy', `The nonce needs at least ${SHORTEST_NONCE} characters.`);
    }
    return { kind: 'redeem', family, code, ...narrowed(form, family.grantedAudience) };
  },
});
