import type { OwnGrant, Spent, Token } from '../model/token.js';
import type { Instant } from '../protocol/time.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import { type Call, call, type SqlValue, statement } from './driver.js';

/** A token as it lies in the database. */
export interface TokenRow {
  readonly key: Buffer;
  readonly kind: Token['kind'];
  readonly family_id: string | null;
  readonly client_id: string;
  readonly issued_at: Instant;
  readonly own: string | null;
  readonly access_key: Buffer | null;
  readonly spent_at: Instant | null;
  readonly spent: string | null;
}

const insert = statement('token.insert', {
  insertInto: 'token',
  columns: {
    key: 'bytes',
    kind: 'text',
    family_id: 'text',
    client_id: 'text',
    issued_at: 'number',
    own: 'text',
    access_key: 'bytes',
    spent_at: 'number',
    spent: 'text',
  },
});

/** Writes tokens in one statement; nothing where there are none. */
export function insertTokens(tokens: readonly Token[], atRest: ClaimsAtRest): Call[] {
  return tokens.length === 0 ? [] : [call(insert, ...tokens.flatMap((token) => toRow(token, atRest)))];
}

function toRow(token: Token, atRest: ClaimsAtRest): SqlValue[] {
  const common = [token.key, token.kind, token.familyId, token.clientId, token.issuedAt];
  if (token.kind === 'access_token') {
    const own = token.own
      ? { ...token.own, ext: atRest.close(token.own.ext) }
      : token.audience && { grantedAudience: token.audience };
    return [...common, own ? JSON.stringify(own) : null, null, null, null];
  }
  return [...common, null, token.accessKey, ...spentToRow(token.spent)];
}

/** The two columns of how a refresh token was spent. */
export function spentToRow(spent: Spent | null): [at: Instant | null, rest: string | null] {
  if (!spent) return [null, null];
  const { at, ...rest } = spent;
  return [at, JSON.stringify(rest)];
}

/** The token of a row; `undefined` where the secret that sealed its claims is gone. */
export function tokenFromRow(row: TokenRow, atRest: ClaimsAtRest): Token | undefined {
  const common = { key: row.key, clientId: row.client_id, issuedAt: row.issued_at };
  if (row.kind === 'access_token') {
    if (row.family_id !== null) {
      const access = { ...common, kind: 'access_token', familyId: row.family_id, own: null } as const;
      return row.own === null ? access : { ...access, audience: parseAudience(row.own) };
    }
    if (row.own !== null) {
      const own = parseOwn(row.own, atRest);
      return own && { ...common, kind: 'access_token', familyId: null, own };
    }
  } else if (row.family_id !== null) {
    const spent = row.spent_at === null || row.spent === null ? null : parseSpent(row.spent_at, row.spent);
    return { ...common, kind: 'refresh_token', familyId: row.family_id, accessKey: row.access_key, spent };
  }
  throw new Error('A row of the token table belongs to nobody.');
}

function parseOwn(json: string, atRest: ClaimsAtRest): OwnGrant | undefined {
  const own = JSON.parse(json) as Omit<OwnGrant, 'ext'> & { readonly ext: unknown };
  const ext = atRest.open<OwnGrant['ext']>(own.ext);
  return ext && { ...own, ext };
}

/** Of a token that has less than its family. */
function parseAudience(json: string): readonly string[] {
  return (JSON.parse(json) as Pick<OwnGrant, 'grantedAudience'>).grantedAudience;
}

function parseSpent(at: Instant, json: string): Spent {
  return { at, ...(JSON.parse(json) as Omit<Spent, 'at'>) };
}
