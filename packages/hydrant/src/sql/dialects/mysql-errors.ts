import { DatabaseUnusable, UniqueViolation } from '../driver.js';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of its host cannot be looked up at the moment',
  ENOENT: 'there is no such socket',
  PROTOCOL_CONNECTION_LOST: 'the connection was lost',
  PROTOCOL_SEQUENCE_TIMEOUT: 'it did not answer in time',
  POOL_CLOSED: 'the connection was lost',
  ER_SERVER_SHUTDOWN: 'it is being shut down',
  ER_CONNECTION_KILLED: 'an operator ended the connection',
  ER_NORMAL_SHUTDOWN: 'it is being shut down',
  ER_CON_COUNT_ERROR: 'it has no connection left; lower max_conns or raise its max_connections',
  ER_TOO_MANY_USER_CONNECTIONS: 'it has no connection left for this user; lower max_conns',
  ER_DISK_FULL: 'its disk is full',
  ER_RECORD_FILE_FULL: 'its disk is full',
  ER_ERROR_ON_WRITE: 'its disk is full or broken',
  ER_LOCK_WAIT_TIMEOUT: 'another transaction holds what is needed for too long',
  ER_OPTION_PREVENTS_STATEMENT: 'it takes no writes: it is read-only',
  ER_ACCESS_DENIED_ERROR: 'the user or the password is not accepted',
  ER_DBACCESS_DENIED_ERROR: 'the user may not use this database',
  ER_TABLEACCESS_DENIED_ERROR: 'the user lacks a permission',
  ER_BAD_DB_ERROR: 'there is no such database',
  HANDSHAKE_NO_SSL_SUPPORT: 'it does not speak TLS; see the DSN parameter tls',
  HANDSHAKE_SSL_ERROR: 'the connection could not be secured; see the DSN parameter tls',
};

/** What only the server itself can have said: the connection stands. */
const SAID: ReadonlySet<string> = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_ERROR_ON_WRITE',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether the connection went, and with it the answer. */
export function isLost(error: unknown): boolean {
  if (isClosed(error)) return true;
  const code = codeOf(error);
  return code in REASONS && !SAID.has(code);
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && /closed state|Connection lost|connection is in closed/i.test(error.message);
}

/** Whether the transaction was chosen to give way to another, and may simply be run again. */
export function isRetryable(error: unknown): boolean {
  return codeOf(error) === 'ER_LOCK_DEADLOCK' || codeOf(error) === 'ER_CHECKREAD';
}

export function hasNoTls(error: unknown): boolean {
  return codeOf(error) === 'HANDSHAKE_NO_SSL_SUPPORT';
}

export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === 'ER_DUP_ENTRY';
}

/** Whether a step of the schema finds done, or undone, what it is about. */
export function isThereAlready(error: unknown): boolean {
  return [
    ...['ER_TABLE_EXISTS_ERROR', 'ER_DUP_FIELDNAME', 'ER_DUP_KEYNAME'],
    ...['ER_BAD_TABLE_ERROR', 'ER_CANT_DROP_FIELD_OR_KEY'],
  ].includes(codeOf(error));
}

/** The driver's error in the words of `driver.ts`; what those have no word for stays as it is. */
export function translated(location: string, error: unknown): unknown {
  if (error instanceof DatabaseUnusable) return error;
  if (isDuplicate(error)) return new UniqueViolation('A row with this key is there already.', { cause: error });
  const reason = REASONS[codeOf(error)] ?? (isClosed(error) ? 'the connection was lost' : undefined);
  if (reason === undefined) return error;
  const unreachable = isLost(error) && !codeOf(error).startsWith('HANDSHAKE_');
  return new DatabaseUnusable(`The database ${location} cannot be used: ${reason}.`, { cause: error, unreachable });
}
