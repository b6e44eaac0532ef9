import type { SessionClaims } from '../model/flow.js';
import type { Consent, TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import { type Call, call, statement } from './driver.js';

/** A token family as it lies in the database: what is asked for has a column, the rest is in `body` and `consent`. */
export interface FamilyRow {
  readonly id: string;
  readonly client_id: string;
  readonly subject: string;
  readonly session_id: string;
  readonly code_key: Buffer | null;
  readonly code_spent_at: Instant | null;
  readonly ended_at: Instant | null;
  readonly consent: string | null;
  readonly hook_claims: string | null;
  readonly body: string;
}

/** `remembered` and `once` are listed, `remembered` spares the person the next consent, `skipped` is neither. */
export type ConsentKind = 'remembered' | 'once' | 'skipped';

type Body = Pick<
  TokenFamily,
  'publicSubject' | 'grantedScope' | 'grantedAudience' | 'acr' | 'amr' | 'nonce' | 'authenticatedAt' | 'requestedAt'
> & {
  readonly code: Omit<NonNullable<TokenFamily['code']>, 'key'> | null;
  /** As {@link ClaimsAtRest} keeps them. */
  readonly claims: unknown;
};

/** The columns that {@link familyFromRow} wants. */
export const FAMILY_COLUMNS = [
  'id',
  'client_id',
  'subject',
  'session_id',
  'code_key',
  'code_spent_at',
  'ended_at',
  'consent',
  'hook_claims',
  'body',
] as const;

/** A family beside another row: its columns have names of their own, and are null where there is none. */
export type JoinedFamilyRow = { readonly [C in keyof FamilyRow as `f_${C}`]: FamilyRow[C] | null };

/** What a join selects of a family called `f`. */
export const JOINED_FAMILY: string = FAMILY_COLUMNS.map((column) => `f.${column} AS f_${column}`).join(', ');

const insert = statement('token_family.insert', {
  insertInto: 'token_family',
  columns: {
    id: 'text',
    client_id: 'text',
    subject: 'text',
    session_id: 'text',
    code_key: 'bytes',
    code_spent_at: 'number',
    ended_at: 'number',
    keep_until: 'number',
    consent_kind: 'text',
    consent_until: 'number',
    consent: 'text',
    hook_claims: 'text',
    body: 'text',
  },
});

const setHookClaims = statement('token_family.hook_claims', 'UPDATE token_family SET hook_claims = ? WHERE id = ?', {
  forgets: { what: 'group', parameter: 1 },
});

const reseal = statement('token_family.reseal', 'UPDATE token_family SET body = ?, hook_claims = ? WHERE id = ?', {
  forgets: { what: 'group', parameter: 2 },
});

/** Writes a family. `keepUntil` is when its row may go; `null` for never. */
export function insertFamily(family: TokenFamily, keepUntil: Instant | null, atRest: ClaimsAtRest): Call {
  const { id, clientId, subject, sessionId, code, codeSpentAt, endedAt, consent, hookClaims, ...rest } = family;
  const body: Body = { ...rest, claims: atRest.close(family.claims), code: code && codeTerms(code) };
  return call(
    insert,
    id,
    clientId,
    subject,
    sessionId,
    code?.key ?? null,
    codeSpentAt,
    endedAt,
    lastInstant(keepUntil),
    consent && kindOf(consent),
    consent?.until ?? null,
    consent && JSON.stringify({ ...consent, flowKey: consent.flowKey.toString('base64url') }),
    hookClaims ? JSON.stringify(atRest.close(hookClaims)) : null,
    JSON.stringify(body),
  );
}

/** Puts a hook's claims in the place of those that the family's tokens had; nothing where no hook had a word. */
export function putHookClaims(familyId: string, claims: SessionClaims | undefined, atRest: ClaimsAtRest): Call[] {
  return claims ? [call(setHookClaims, JSON.stringify(atRest.close(claims)), familyId)] : [];
}

/** Seals the claims of a family with the first secret, where an older one sealed them; nothing where all is well. */
export function resealed(row: JoinedFamilyRow, atRest: ClaimsAtRest): Call[] {
  if (row.f_id === null || row.f_body === null) return [];
  const body = parseBody(row.f_body);
  const hookClaims: unknown = row.f_hook_claims === null ? null : JSON.parse(row.f_hook_claims);
  if (!atRest.isStale(body.claims) && !atRest.isStale(hookClaims)) return [];
  const again = (stored: unknown) => atRest.close(atRest.open(stored) ?? {});
  const hooked = hookClaims === null ? null : JSON.stringify(again(hookClaims));
  return [call(reseal, JSON.stringify({ ...body, claims: again(body.claims) }), hooked, row.f_id)];
}

/** In a row, `NULL` is for ever; so is an instant that no calendar reaches. */
export function lastInstant(instant: Instant | null): Instant | null {
  return Number.isFinite(instant) ? instant : null;
}

/** The family of a row; `undefined` where the secret that sealed its claims is gone: its tokens would say something else. */
export function familyFromRow(row: FamilyRow, atRest: ClaimsAtRest): TokenFamily | undefined {
  const { code, ...body } = parseBody(row.body);
  const claims = atRest.open<SessionClaims>(body.claims);
  const hookClaims = row.hook_claims === null ? null : atRest.open<SessionClaims>(JSON.parse(row.hook_claims));
  if (claims === undefined || hookClaims === undefined) return undefined;
  return {
    ...body,
    claims,
    id: row.id,
    clientId: row.client_id,
    subject: row.subject,
    sessionId: row.session_id,
    code: code && row.code_key && { ...code, key: row.code_key },
    codeSpentAt: row.code_spent_at,
    endedAt: row.ended_at,
    consent: row.consent === null ? null : parseConsent(row.consent),
    ...(hookClaims !== null && { hookClaims }),
  };
}

/** The family of a joined row; `undefined` where the join found none, or as {@link familyFromRow} says. */
export function joinedFamily(row: JoinedFamilyRow, atRest: ClaimsAtRest): TokenFamily | undefined {
  const { f_id, f_client_id, f_subject, f_session_id, f_body } = row;
  if (f_id === null || f_client_id === null || f_subject === null || f_session_id === null || f_body === null) {
    return undefined;
  }
  const family = {
    id: f_id,
    client_id: f_client_id,
    subject: f_subject,
    session_id: f_session_id,
    code_key: row.f_code_key,
    code_spent_at: row.f_code_spent_at,
    ended_at: row.f_ended_at,
    consent: row.f_consent,
    hook_claims: row.f_hook_claims,
    body: f_body,
  };
  return familyFromRow(family, atRest);
}

function codeTerms({
  expiresAt,
  redirectUri,
  pkce,
  hybrid,
}: NonNullable<TokenFamily['code']>): NonNullable<Body['code']> {
  return { expiresAt, redirectUri, pkce, hybrid };
}

function kindOf(consent: Consent): ConsentKind {
  if (consent.skipped) return 'skipped';
  return consent.remember ? 'remembered' : 'once';
}

function parseBody(json: string): Body {
  return JSON.parse(json) as Body;
}

function parseConsent(json: string): Consent {
  const { flowKey, ...consent } = JSON.parse(json) as Omit<Consent, 'flowKey'> & { readonly flowKey: string };
  // JSON has no `undefined`: a consent app that gave no context left the member out.
  return { ...consent, context: consent.context, flowKey: Buffer.from(flowKey, 'base64url') };
}
