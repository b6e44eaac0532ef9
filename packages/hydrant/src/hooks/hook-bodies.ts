/**
 * What hooks are sent and what they answer, in Hydra's JSON. The session has the shape in which Hydra 26 stores it, for
 * hooks are written against that; what Hydrant has no such thing for stands there empty.
 */

import type { HookCall, SessionClaims } from '../model/index.js';
import { tokenClaims } from '../model/token-family.js';
import { isObject } from '../protocol/json.js';
import { parseScope } from '../protocol/scope.js';
import { unstorableMember } from '../protocol/storable.js';
import { type Instant, toRfc3339 } from '../protocol/time.js';

/** Settings that a session tells. */
export interface HookSettings {
  readonly issuer: string;
  readonly excludeNotBefore: boolean;
  readonly allowedTopLevelClaims: readonly string[];
  readonly mirrorTopLevelClaims: boolean;
}

/** A call with the claims as they are by now: another hook may have had its word. */
export interface Asked extends HookCall {
  readonly claims: SessionClaims;
  readonly now: Instant;
}

/** Go's zero time: not known. */
const UNSET = '0001-01-01T00:00:00Z';

/** Of the form, only what tells no secret; an assertion says who it speaks for. */
const SHOWN = ['grant_type', 'response_type', 'scope', 'client_id', 'assertion'];

/** The claims that the tokens would carry without any hook. */
export function claimsOf({ grantee }: HookCall): SessionClaims {
  return grantee.family ? tokenClaims(grantee.family) : { accessToken: grantee.own.ext, idToken: {} };
}

export function refreshHookBody(asked: Asked, settings: HookSettings): Record<string, unknown> {
  const { grantedScope, grantedAudience, subject } = asked.grantee.family ?? asked.grantee.own;
  const granted = { client_id: asked.client.id, granted_scopes: grantedScope, granted_audience: grantedAudience };
  return {
    subject,
    session: session(asked, settings),
    requester: { ...granted, grant_types: [asked.grantType] },
    ...granted,
  };
}

export function tokenHookBody(asked: Asked, settings: HookSettings): Record<string, unknown> {
  const { grantee } = asked;
  const { grantedScope, grantedAudience } = grantee.family ?? grantee.own;
  return {
    session: session(asked, settings),
    request: {
      client_id: asked.client.id,
      requested_scopes: grantee.family
        ? (grantee.family.consent?.requestedScope ?? grantedScope)
        : requestedScope(asked.form),
      granted_scopes: grantedScope,
      granted_audience: grantedAudience,
      grant_types: [asked.grantType],
      payload: payload(asked.form),
    },
  };
}

function requestedScope(form: URLSearchParams): string[] {
  return parseScope(form.get('scope') ?? undefined);
}

function payload(form: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries(SHOWN.filter((name) => form.has(name)).map((name) => [name, form.getAll(name)]));
}

function session({ grantee, client, claims, now }: Asked, settings: HookSettings): Record<string, unknown> {
  const { family } = grantee;
  const { subject } = family ?? grantee.own;
  return {
    id_token: {
      id_token_claims: {
        jti: '',
        iss: settings.issuer,
        sub: family?.publicSubject ?? '',
        aud: family ? [client.id] : [],
        nonce: family?.nonce ?? '',
        exp: UNSET,
        iat: toRfc3339(now),
        rat: family ? toRfc3339(family.requestedAt) : UNSET,
        auth_time: family ? toRfc3339(family.authenticatedAt) : UNSET,
        at_hash: '',
        acr: family?.acr ?? '',
        amr: family?.amr ?? [],
        c_hash: '',
        ext: family ? { ...claims.idToken, sid: family.sessionId } : claims.idToken,
      },
      headers: { extra: {} },
      expires_at: {},
      username: '',
      subject,
    },
    extra: claims.accessToken,
    kid: '',
    client_id: client.id,
    consent_challenge: family?.id ?? '',
    exclude_not_before_claim: settings.excludeNotBefore,
    allowed_top_level_claims: settings.allowedTopLevelClaims,
    mirror_top_level_claims: settings.mirrorTopLevelClaims,
  };
}

/** The claims of an answer; what is not there is cleared. `undefined` for an answer that cannot be read. */
export function readAnswer(text: string): SessionClaims | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Claims are kept, and a database refuses what cannot be stored when it is too late.
  if (!isObject(value) || unstorableMember(value, text) !== undefined) return undefined;
  const given = value.session ?? {};
  if (!isObject(given)) return undefined;
  const { access_token: accessToken, id_token: idToken } = given;
  const [access, id] = [accessToken ?? {}, idToken ?? {}];
  return isObject(access) && isObject(id) ? { accessToken: access, idToken: id } : undefined;
}
