import { readOpaque } from '../crypto/opaque-token.js';
import { isInGrace } from '../model/token.js';
import { coversAudience } from '../protocol/audience.js';
import { OAuthError } from '../protocol/errors.js';
import { coversScope, parseScope } from '../protocol/scope.js';
import { defineGrant, type Grant } from './grant.js';
import { narrowed } from './narrowed.js';

/** Either of them lets a client have refresh tokens. */
export const OFFLINE_SCOPES: readonly string[] = ['offline', 'offline_access'];

/** Refresh token grant with rotation: RFC 6749 §6, RFC 9700 §4.14. Hydra: `scope` and `audience` of the request are ignored. */
export const refreshToken: Grant = defineGrant({
  type: 'refresh_token',
  lifespans: 'refresh_token',

  async decide({ form, client, now, ring, store, rules }) {
    const token = form.get('refresh_token') ?? '';
    const reading = readOpaque('refresh_token', token, ring);
    if (reading.kind !== 'valid') throw new OAuthError('invalid_grant', 'The refresh token is malformed or not valid.');
    if (reading.expiresAt !== null && reading.expiresAt <= now)
      throw new OAuthError('invalid_grant', 'The refresh token has expired.');
    const found = await store.tokens.find(reading.key);
    if (found?.token.kind !== 'refresh_token' || !found.family)
      throw new OAuthError('invalid_grant', 'The refresh token is unknown or was revoked.');
    const { token: used, family } = found;
    const mine = used.clientId === client.id && used.issuedAt >= client.bornAt;
    if (used.spent) {
      // An honest client repeats itself when an answer was lost on the way; it gets that answer again. Anybody else, and
      // anything later, is theft: the family ends (RFC 9700 §4.14.2).
      if (mine && isInGrace(used.spent, rules.rotationGrace, now))
        return { kind: 'repeat', spent: used.spent, used, family, token, ...narrowed(form, family.grantedAudience) };
      return { kind: 'replayed', family, what: 'refresh_token' };
    }
    if (!mine) throw new OAuthError('invalid_grant', 'The refresh token was issued to another client.');
    if (!OFFLINE_SCOPES.some((scope) => family.grantedScope.includes(scope))) {
      throw new OAuthError('scope_not_granted', 'Refreshing needs the scope offline or offline_access.');
    }
    const scope = coversScope(rules.scopeStrategy, parseScope(client.metadata.scope), family.grantedScope);
    if (scope !== undefined)
      throw new OAuthError('invalid_scope', `The client may no longer have the scope '${scope}'.`);
    const audience = coversAudience(client.metadata.audience, family.grantedAudience);
    if (audience !== undefined)
      throw new OAuthError('invalid_request', `The client may no longer have the audience '${audience}'.`);
    return { kind: 'rotate', used, family, token, ...narrowed(form, family.grantedAudience) };
  },
});
