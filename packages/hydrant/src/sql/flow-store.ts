import type {
  ConsentDecision,
  Flow,
  FlowRequest,
  FlowStage,
  FlowStep,
  LoginDecision,
  SessionClaims,
} from '../model/flow.js';
import type { FlowGrant, FlowStore } from '../store/flow-store.js';
import type { ClaimsAtRest } from './claims-at-rest.js';
import type { Database } from './database.js';
import { type Call, call, type Returning, type SqlValue, type Statement, statement } from './driver.js';
import { dyingTables } from './dying-tables.js';
import { expiredBelow } from './expired-keys.js';
import { insertFamily, JOINED_FAMILY, type JoinedFamilyRow, joinedFamily } from './family-rows.js';
import { insertTokens } from './token-rows.js';

interface FlowRow {
  readonly key: Buffer;
  readonly stage: FlowStage;
  readonly request: string;
  readonly login: string | null;
  readonly consent_skip: number | null;
  readonly consent: string | null;
  readonly rejection: string | null;
}

const COLUMNS = '"key", stage, request, login, consent_skip, consent, rejection';

const insert = statement('flow.insert', {
  insertInto: 'flow',
  columns: {
    key: 'bytes',
    stage: 'text',
    client_id: 'text',
    remembered_subject: 'text',
    login_subject: 'text',
    request: 'text',
    login: 'text',
    consent_skip: 'number',
    consent: 'text',
    rejection: 'text',
  },
});

const find = statement<FlowRow>('flow.find', `SELECT ${COLUMNS} FROM flow WHERE "key" = ?`);

const findWithConsent = statement<FlowRow & JoinedFamilyRow>(
  'flow.find_with_consent',
  `SELECT w."key", w.stage, w.request, w.login, w.consent_skip, w.consent, w.rejection, ${JOINED_FAMILY}
   FROM flow w LEFT JOIN token_family f ON f.id = (
     SELECT c.id FROM token_family c
     WHERE c.subject = w.login_subject AND c.client_id = w.client_id
       AND c.consent_kind = 'remembered' AND (c.consent_until IS NULL OR c.consent_until > ?)
     ORDER BY c.id DESC LIMIT 1
   )
   WHERE w."key" = ?`,
);

const finish = statement<FlowRow>(
  'flow.finish',
  `UPDATE flow SET stage = 'finished' WHERE "key" = ? AND stage = 'consent_accepted'`,
  { returning: theFlow(0) },
);

const approve = statement(
  'device_request.approve',
  `UPDATE device_request SET stage = 'approved' WHERE "key" = ? AND stage = 'waiting'`,
);

const flush = statement('flow.flush', dyingTables.flows);

/** What each step writes. A word about the login takes back everything that was said after it. */
const CHANGES: Readonly<Record<FlowStep['to'], string>> = {
  login_accepted: 'login = ?, login_subject = ?, rejection = NULL, consent_skip = NULL, consent = NULL',
  login_rejected: 'rejection = ?, login = NULL, login_subject = NULL, consent_skip = NULL, consent = NULL',
  consent_asked: 'consent_skip = ?, rejection = NULL, consent = NULL',
  consent_accepted: 'consent = ?, rejection = NULL',
  consent_rejected: 'rejection = ?, consent = NULL',
};

const advances = new Map<string, Statement<FlowRow>>();

/** One statement for each step, number of stages and condition: few, and each is prepared once. */
function advance(to: FlowStep['to'], stages: number, bySubject: boolean): Statement<FlowRow> {
  const name = `${to} ${stages} ${bySubject}`;
  const known = advances.get(name);
  if (known) return known;
  const subject = bySubject ? 'AND (remembered_subject IS NULL OR remembered_subject = ?)' : '';
  const from = Array.from({ length: stages }, () => '?').join(', ');
  const made = statement<FlowRow>(
    'flow.advance',
    `UPDATE flow SET stage = '${to}', ${CHANGES[to]} WHERE "key" = ? AND stage IN (${from}) ${subject}`,
    { returning: theFlow(CHANGES[to].split('?').length - 1) },
  );
  advances.set(name, made);
  return made;
}

/** The row of a flow whose key is that parameter. */
function theFlow(parameter: number): Returning {
  return { columns: COLUMNS, from: 'flow', key: '"key"', parameter };
}

export function flowStore(database: Database, atRest: ClaimsAtRest): FlowStore {
  return {
    async insert(flow) {
      await database.write({ guard: call(insert, ...toRow(flow, atRest)) });
    },
    async find(key) {
      const [row] = await database.read(find, key);
      return row && fromRow(row, atRest);
    },
    async findWithConsent(key, now) {
      const [row] = await database.read(findWithConsent, now, key);
      return row && { flow: fromRow(row, atRest), remembered: joinedFamily(row, atRest) };
    },
    async advance(key, from, step, subject) {
      if (from.length === 0) return undefined;
      const condition = subject === undefined ? [] : [subject];
      const to = advance(step.to, from.length, subject !== undefined);
      const { rows } = await database.write({ guard: call(to, ...valuesOf(step, atRest), key, ...from, ...condition) });
      return rows[0] && fromRow(rows[0], atRest);
    },
    async finish(key, grantOf) {
      const { count } = await database.write({
        guard: call(finish, key),
        effectsOf: ([row]) => (row ? effectsOf(grantOf(fromRow(row, atRest)), atRest) : []),
      });
      return count === 1;
    },
    async finishForDevice(key, deviceKey, grantOf) {
      const { count } = await database.write({
        guard: call(finish, key),
        also: call(approve, deviceKey),
        effectsOf: ([row]) => (row ? effectsOf(grantOf(fromRow(row, atRest)), atRest) : []),
      });
      return count === 1;
    },
    async flush(now, limit) {
      return (await database.write({ guard: call(flush, expiredBelow(now), limit) })).count;
    },
  };
}

function effectsOf({ family, keepUntil, tokens }: FlowGrant, atRest: ClaimsAtRest): Call[] {
  return [insertFamily(family, keepUntil, atRest), ...insertTokens(tokens, atRest)];
}

/** The parameters of {@link CHANGES}. */
function valuesOf(step: FlowStep, atRest: ClaimsAtRest): SqlValue[] {
  switch (step.to) {
    case 'login_accepted':
      return [JSON.stringify(step.login), step.login.subject];
    case 'consent_asked':
      return [Number(step.consentSkip)];
    case 'consent_accepted':
      return [consentToJson(step.consent, atRest)];
    case 'login_rejected':
    case 'consent_rejected':
      return [JSON.stringify(step.rejection)];
  }
}

function toRow(flow: Flow, atRest: ClaimsAtRest): SqlValue[] {
  return [
    flow.key,
    flow.stage,
    flow.request.clientId,
    flow.request.remembered?.subject ?? null,
    'login' in flow ? flow.login.subject : null,
    JSON.stringify(flow.request),
    'login' in flow ? JSON.stringify(flow.login) : null,
    'consentSkip' in flow ? Number(flow.consentSkip) : null,
    'consent' in flow ? consentToJson(flow.consent, atRest) : null,
    'rejection' in flow ? JSON.stringify(flow.rejection) : null,
  ];
}

function fromRow(row: FlowRow, atRest: ClaimsAtRest): Flow {
  const begun = { key: row.key, request: parseRequest(row.request) };
  switch (row.stage) {
    case 'login_asked':
      return { ...begun, stage: 'login_asked' };
    case 'login_accepted':
      return { ...begun, stage: 'login_accepted', login: parseLogin(row.login) };
    case 'login_rejected':
      return { ...begun, stage: 'login_rejected', rejection: parse(row.rejection) };
    default:
      return atConsent(row.stage, row, begun, atRest);
  }
}

function atConsent(
  stage: Extract<FlowStage, `consent_${string}` | 'finished'>,
  row: FlowRow,
  begun: { readonly key: Buffer; readonly request: FlowRequest },
  atRest: ClaimsAtRest,
): Flow {
  const loggedIn = { ...begun, login: parseLogin(row.login), consentSkip: row.consent_skip === 1 };
  switch (stage) {
    case 'consent_asked':
      return { ...loggedIn, stage };
    case 'consent_rejected':
      return { ...loggedIn, stage, rejection: parse(row.rejection) };
    case 'consent_accepted':
    case 'finished':
      return { ...loggedIn, stage, consent: parseConsent(row.consent, atRest) };
  }
}

function parseRequest(json: string): FlowRequest {
  return parse(json);
}

// JSON has no `undefined`: an app that gave no context left the member out.
function parseLogin(json: string | null): LoginDecision {
  const login = parse<LoginDecision>(json);
  return { ...login, context: login.context };
}

function parseConsent(json: string | null, atRest: ClaimsAtRest): ConsentDecision {
  const consent = parse<Omit<ConsentDecision, 'session'> & { readonly session: unknown }>(json);
  const session = atRest.open<SessionClaims>(consent.session);
  // Whoever sealed them minutes ago had a secret that this process lacks: only a half-done exchange of secrets does that.
  if (session === undefined) throw new Error('No entry of secrets.system opens the claims of a flow.');
  return { ...consent, session, context: consent.context };
}

function consentToJson(consent: ConsentDecision, atRest: ClaimsAtRest): string {
  return JSON.stringify({ ...consent, session: atRest.close(consent.session) });
}

function parse<T>(json: string | null): T {
  if (json === null) throw new Error('A flow is in a stage whose decision it lacks.');
  return JSON.parse(json) as T;
}
