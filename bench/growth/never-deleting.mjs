/**
 * What the same traffic leaves behind in a schema that keeps its used rows: the tables of Hydra 26, in a SQLite file beside
 * the server's. A model, not Hydra: tables, keys and indexes are Hydra's, a row is as long as the average row of its table in
 * the database of a Hydra 26.2 that was used through its API, and rows go where Hydra deletes them by itself: at redemption,
 * rotation, revocation, logout and with their client. Nobody runs `hydra janitor`, which would take the expired ones of some tables.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** Length of a row's key, of the whole row in bytes, and the columns that have an index of their own. */
const TABLES = {
  flow: { key: 32, row: 632, indexes: ['client_id', 'session_id', 'subject', 'subject, client_id, request_id'] },
  authentication_session: { key: 36, row: 131, indexes: ['subject'] },
  code: { key: 43, row: 1469, indexes: ['client_id', 'request_id'] },
  oidc: { key: 89, row: 1478, indexes: ['client_id', 'request_id'] },
  pkce: { key: 43, row: 1515, indexes: ['client_id', 'request_id'] },
  access: { key: 96, row: 1395, indexes: ['requested_at', 'client_id', 'request_id', 'request_id, active'] },
  refresh: { key: 43, row: 1575, indexes: ['requested_at', 'client_id', 'request_id', 'request_id, active'] },
  device_auth_codes: { key: 43, row: 979, indexes: ['client_id', 'request_id', 'request_id, active'] },
  logout_request: { key: 36, row: 531, indexes: ['client_id'] },
  jti_blacklist: { key: 64, row: 125, indexes: ['requested_at'] },
  trusted_jwt_bearer_issuer: { key: 36, row: 204, indexes: [] },
  client: { key: 36, row: 640, indexes: [] },
};

/** Those of one consent, which go with it: a flow's `challenge_id` is a foreign key that cascades. */
const OF_A_CONSENT = ['code', 'oidc', 'pkce', 'access', 'refresh', 'device_auth_codes'];
/** What a column other than the key and the filler takes, about. */
const COLUMNS = 150;

/** @typedef {keyof typeof TABLES} Table */
/** @typedef {{ client?: string, request?: string, subject?: string, session?: string, at: number }} Row `at` is in ms. */
/** @typedef {ReturnType<typeof openNeverDeleting>} NeverDeleting */

export function openNeverDeleting() {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-growth-'));
  const path = join(folder, 'never-deleting.sqlite');
  const database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  // It is measured by its size, not by its speed, and nobody needs it after a crash.
  database.pragma('synchronous = OFF');
  for (const [table, { indexes }] of Object.entries(TABLES)) {
    database.exec(`CREATE TABLE ${table} (signature TEXT PRIMARY KEY, client_id TEXT, request_id TEXT, subject TEXT,
      session_id TEXT, requested_at INTEGER, active INTEGER NOT NULL DEFAULT 1, rest TEXT NOT NULL)`);
    for (const [index, columns] of indexes.entries())
      database.exec(`CREATE INDEX ${table}_${index} ON ${table} (${columns})`);
  }
  /** @type {Map<string, Sqlite.Statement>} */
  const prepared = new Map();
  let rows = 0;
  let open = false;

  /** @param {string} sql @param {...unknown} values */
  function run(sql, ...values) {
    if (!open) database.exec('BEGIN');
    open = true;
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement.run(...values).changes;
  }
  /** @param {string} sql @param {...unknown} values */
  function remove(sql, ...values) {
    rows -= run(`DELETE FROM ${sql}`, ...values);
  }

  return {
    /** @param {Table} table @param {string} key @param {Row} row */
    add(table, key, { client = '', request = '', subject = '', session = '', at }) {
      const { key: length, row } = TABLES[table];
      const filler = 'x'.repeat(Math.max(0, row - length - COLUMNS));
      // Hydra: keys are random, so what the server's own key begins with must not put them in order here.
      const signature = scattered(key).padEnd(length, '0');
      rows += run(
        `INSERT OR IGNORE INTO ${table} (signature, client_id, request_id, subject, session_id, requested_at, rest)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[signature, client, request, subject, session, at, filler],
      );
    },
    /** A row that was used stays, and says so. @param {Table} table @param {string} key */
    use(table, key) {
      run(`UPDATE ${table} SET active = 0 WHERE signature = ?`, scattered(key).padEnd(TABLES[table].key, '0'));
    },
    /** @param {Table} table @param {string} key */
    drop(table, key) {
      remove(`${table} WHERE signature = ?`, scattered(key).padEnd(TABLES[table].key, '0'));
    },
    /** Revocation of a grant's tokens. @param {string} request */
    revoke(request) {
      for (const table of ['access', 'refresh']) remove(`${table} WHERE request_id = ?`, request);
    },
    /** @param {string} subject */
    dropConsents(subject) {
      for (const table of OF_A_CONSENT)
        remove(`${table} WHERE request_id IN (SELECT request_id FROM flow WHERE subject = ?)`, subject);
      remove('flow WHERE subject = ?', subject);
    },
    /** @param {string} subject */
    dropSessions(subject) {
      remove('authentication_session WHERE subject = ?', subject);
    },
    /** @param {string} client */
    dropClient(client) {
      for (const table of [...OF_A_CONSENT, 'flow', 'logout_request']) remove(`${table} WHERE client_id = ?`, client);
      this.drop('client', client);
    },
    /** Hydra deletes these by itself, whenever it writes one. @param {number} before */
    dropUsedAssertions(before) {
      remove('jti_blacklist WHERE requested_at < ?', before);
    },
    /** Rows and bytes now. */
    measure() {
      if (open) database.exec('COMMIT');
      open = false;
      return { rows, bytes: sizeOf(path) + sizeOf(`${path}-wal`) };
    },
    close() {
      if (open) database.exec('COMMIT');
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same text for the same key, in no order; FNV-1a from both ends. @param {string} key */
function scattered(key) {
  let [hash, other] = [0x811c9dc5, 0x01000193];
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0;
    other = Math.imul(other ^ key.charCodeAt(key.length - 1 - index), 0x85ebca6b) >>> 0;
  }
  return hash.toString(16).padStart(8, '0') + other.toString(16).padStart(8, '0');
}

/** @param {string} path */
function sizeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
