import { tokenClaims } from '../model/token-family.js';
import { coversScope, parseScope, type ScopeStrategy } from '../protocol/scope.js';
import { type Seconds, toSeconds } from '../protocol/time.js';
import type { FindToken } from './find-token.js';

/** What an active token says (RFC 7662 §2.2); the generations of the wire write it differently. */
export interface ActiveToken {
  readonly active: true;
  readonly use: 'access_token' | 'refresh_token';
  readonly scope: readonly string[];
  readonly clientId: string;
  readonly subject: string;
  /** The subject as the client knows it, where that is another one. */
  readonly obfuscatedSubject: string | undefined;
  /** Absent for a refresh token that never expires. */
  readonly exp: Seconds | undefined;
  readonly iat: Seconds;
  readonly audience: readonly string[];
  readonly issuer: string;
  readonly ext: Readonly<Record<string, unknown>>;
}

export type Introspection = ActiveToken | { readonly active: false };

export interface IntrospectOptions {
  readonly findToken: FindToken;
  readonly scopeStrategy: ScopeStrategy;
  readonly issuer: string;
}

/** Says whether a token is good, and for what (RFC 7662). With `scope`, only where every one of them is granted. */
export type Introspect = (token: string, scope: string | undefined) => Promise<Introspection>;

const INACTIVE: Introspection = { active: false };

export function createIntrospect({ findToken, scopeStrategy, issuer }: IntrospectOptions): Introspect {
  return async (text, scope) => {
    const found = await findToken(text);
    if (found.kind !== 'live') return INACTIVE;
    const { token, family, client } = found;
    const grant = family ?? (token.kind === 'access_token' ? token.own : null);
    if (!grant) return INACTIVE;
    if (scope && coversScope(scopeStrategy, grant.grantedScope, parseScope(scope)) !== undefined) return INACTIVE;
    const publicSubject = family?.publicSubject;
    return {
      active: true,
      use: token.kind,
      scope: grant.grantedScope,
      clientId: client.id,
      subject: grant.subject,
      obfuscatedSubject: publicSubject === grant.subject ? undefined : publicSubject,
      exp: found.expiresAt === null ? undefined : toSeconds(found.expiresAt),
      iat: toSeconds(token.issuedAt),
      audience: (token.kind === 'access_token' && token.audience) || grant.grantedAudience,
      issuer,
      ext: family ? tokenClaims(family).accessToken : token.kind === 'access_token' && token.own ? token.own.ext : {},
    };
  };
}
