import type { Jwk } from '../crypto/jwk.js';
import { type DecodedJwt, decodeJwt, verifyJwt } from '../crypto/jwt.js';
import { JWT_BEARER_GRANT, type TrustedIssuer } from '../model/trusted-issuer.js';
import { OAuthError } from '../protocol/errors.js';
import { parseResource, requireTargets } from '../protocol/resource.js';
import { coversScope, parseScope } from '../protocol/scope.js';
import { isStorableSubject, SUBJECT_CHARACTERS } from '../protocol/storable.js';
import { fromSeconds, type Instant, type Milliseconds } from '../protocol/time.js';
import { defineGrant, type Grant, type GrantRequest } from './grant.js';

/** What assertions have to hold, by the settings (`oauth2.grant.jwt.*`). */
export interface AssertionRules {
  /** What an assertion may be addressed to: the URLs of the token endpoint, and the issuer (RFC 7523 §3, item 3). */
  readonly audiences: readonly string[];
  readonly jtiOptional: boolean;
  readonly iatOptional: boolean;
  readonly longestLife: Milliseconds;
}

/** JWT bearer grant: RFC 7523 §2.1 and §3. Neither refresh nor ID token: the issuer can always make another assertion. */
export const jwtBearer: Grant = defineGrant({
  type: JWT_BEARER_GRANT,
  lifespans: 'jwt_bearer',

  async decide(request) {
    const { client, form, now, store, rules } = request;
    const assertion = form.get('assertion');
    if (!assertion) throw new OAuthError('invalid_request', 'The parameter assertion is missing.');
    const decoded = decodeJwt(assertion);
    if (!decoded) throw refuse('is no JWT, or has U+0000 in it');
    const { iss, sub } = decoded.claims;
    if (typeof iss !== 'string' || iss === '') throw refuse('needs an iss');
    if (typeof sub !== 'string' || sub === '') throw refuse('needs a sub');
    if (!isStorableSubject(sub)) throw refuse(`has a sub of more than ${SUBJECT_CHARACTERS} characters`);
    const trusts = await trustsIn(decoded, iss, sub, request);
    const kid = await signerOf(assertion, iss, trusts, request);
    const terms = checkClaims(decoded.claims, now, rules.assertions);
    if (terms.jti !== undefined && (await store.assertions.isUsed(terms.jti)))
      throw new OAuthError('jti_known', 'The jti of the assertion was used before.');
    const scope = parseScope(form.get('scope') ?? undefined);
    const trusted = trusts.filter((trust) => trust.kid === kid).flatMap((trust) => trust.scope);
    const uncovered = coversScope(rules.scopeStrategy, trusted, scope);
    if (uncovered !== undefined)
      throw new OAuthError('invalid_scope', `The issuer of the assertion may not ask for the scope '${uncovered}'.`);
    // The assertion is addressed to us, which says nothing of where the token goes: a resource does (RFC 8707 §2.2).
    const resources = parseResource(form.getAll('resource'));
    requireTargets(client.metadata.audience, resources, 'The client may not ask for');
    const grantedAudience = resources.length > 0 ? resources : terms.audience;
    return {
      kind: 'issue',
      own: { subject: sub, grantedScope: scope, grantedAudience, ext: {} },
      ...(terms.jti !== undefined && { assertion: { jti: terms.jti, expiresAt: terms.expiresAt } }),
    };
  },
});

/** Who is trusted to say this. Hydra looks at no expiry here; a trust that is over is none. */
async function trustsIn(
  { header }: DecodedJwt,
  iss: string,
  sub: string,
  { store, now }: GrantRequest,
): Promise<readonly TrustedIssuer[]> {
  const found = await store.trust.speakingFor(iss, sub);
  const fitting = found.filter(({ kid }) => header.kid === undefined || header.kid === kid);
  const live = fitting.filter(({ expiresAt }) => now < expiresAt);
  if (live.length > 0) return live;
  if (fitting.length > 0) throw refuse('comes from an issuer whose trust has expired');
  throw refuse('comes from an issuer that is not trusted for this subject and key');
}

/** The `kid` of the key that signed. */
async function signerOf(
  assertion: string,
  issuer: string,
  trusts: readonly TrustedIssuer[],
  { publicKeys }: GrantRequest,
): Promise<string> {
  const kids = new Set(trusts.map(({ kid }) => kid));
  const keys = (await publicKeys(issuer)).filter((key: Jwk) => key.kid !== undefined && kids.has(key.kid));
  if (keys.length === 0) throw refuse('fits no key of its issuer');
  for (const key of keys) {
    const verified = await verifyJwt(assertion, [key]);
    if ('claims' in verified && key.kid !== undefined) return key.kid;
  }
  throw refuse('has a wrong signature');
}

interface Terms {
  readonly audience: readonly string[];
  readonly expiresAt: Instant;
  readonly jti: string | undefined;
}

function checkClaims(claims: Readonly<Record<string, unknown>>, now: Instant, rules: AssertionRules): Terms {
  const audience = [claims.aud ?? []].flat().filter((one) => typeof one === 'string');
  if (!audience.some((one) => rules.audiences.includes(one))) throw refuse(`needs the aud ${rules.audiences[0]}`);
  const expiresAt = timeOf(claims, 'exp');
  if (expiresAt === undefined) throw refuse('needs an exp');
  if (now >= expiresAt) throw refuse('has expired');
  const notBefore = timeOf(claims, 'nbf');
  if (notBefore !== undefined && now < notBefore) throw refuse('is not valid yet');
  const issuedAt = timeOf(claims, 'iat');
  if (issuedAt === undefined && !rules.iatOptional) throw refuse('needs an iat');
  // From now where it claims to be issued later: otherwise a date in the future would lengthen its life.
  if (expiresAt - Math.min(issuedAt ?? now, now) > rules.longestLife)
    throw refuse(`is valid for longer than ${rules.longestLife / 1000} seconds`);
  const { jti } = claims;
  if (jti !== undefined && typeof jti !== 'string') throw refuse('has a jti that is no text');
  if (!jti && !rules.jtiOptional) throw refuse('needs a jti');
  return { audience, expiresAt, jti: jti || undefined };
}

/** RFC 7519 §2, NumericDate. */
function timeOf(claims: Readonly<Record<string, unknown>>, name: 'exp' | 'nbf' | 'iat'): Instant | undefined {
  const value = claims[name];
  if (value === undefined || value === null) return undefined;
  // Beyond that no calendar reaches.
  if (typeof value !== 'number' || Math.abs(value) > 8.64e12) throw refuse(`has an ${name} that is no time`);
  return fromSeconds(value);
}

function refuse(what: string): OAuthError {
  return new OAuthError('invalid_grant', `The assertion ${what}.`);
}
