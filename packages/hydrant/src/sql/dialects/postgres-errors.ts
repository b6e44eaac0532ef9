import { DatabaseUnusable, UniqueViolation } from '../driver.js';

/** What SQLSTATEs and errors of the network mean for an operator; a key of two characters stands for its whole class. */
const REASONS: Readonly<Record<string, string>> = {
  '08': 'the connection was lost',
  '28': 'the user or the password is not accepted',
  '3D': 'there is no such database',
  '42501': 'the user lacks a permission',
  '53100': 'its disk is full',
  '53200': 'it has no memory left',
  '53300': 'it has no connection left; lower max_conns or raise its max_connections',
  '57P01': 'it is being shut down, or an operator ended the connection',
  '57P02': 'it crashed and is recovering',
  '57P03': 'it is starting up or shutting down',
  '57P05': 'it ended a connection that was idle',
  '58': 'its storage failed',
  '25006': 'it takes no writes: it is a standby',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of its host cannot be looked up at the moment',
  ENOENT: 'there is no such socket',
};

const INSECURE = /SSL|self[- ]signed|certificate/i;

/** Sentences of the driver that come without a code. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [
    /timeout exceeded when trying to connect|connection timeout|timeout expired/i,
    'no connection to it could be had in time',
  ],
  [/read timeout/i, 'it did not answer in time'],
  [/connection (terminated|ended)|connection error|not queryable|Client was closed/i, 'the connection was lost'],
  [INSECURE, 'the connection could not be secured; see the DSN parameter sslmode'],
];

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** What the code says too little about. */
const PARTICULAR: readonly (readonly [RegExp, string])[] = [
  [
    // Of PgBouncer, which passes on no setting that it does not know. Its code is the one of a broken connection.
    /unsupported startup parameter/i,
    'a pooler in front of it takes no setting from the DSN; give search_path and others to the user, with ALTER ROLE',
  ],
  [
    /no pg_hba\.conf entry/,
    'its pg_hba.conf has no line for this user, database and address, with or without TLS; see the DSN parameter sslmode',
  ],
];

function reasonOf(error: unknown): string | undefined {
  const code = codeOf(error);
  const particular = error instanceof Error && PARTICULAR.find(([pattern]) => pattern.test(error.message));
  if (particular) return particular[1];
  const known = REASONS[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? REASONS[code.slice(0, 2)] : undefined);
  if (known !== undefined || !(error instanceof Error)) return known;
  return SENTENCES.find(([pattern]) => pattern.test(error.message))?.[1];
}

/** Whether there is somebody who cannot, or may not, be spoken to in private; which waiting does not change. */
function isInsecure(error: unknown): boolean {
  return codeOf(error) === '' && error instanceof Error && INSECURE.test(error.message);
}

/** Whether the server has no word about it: the connection went, and with it the answer. */
export function isLost(error: unknown): boolean {
  const code = codeOf(error);
  return reasonOf(error) !== undefined && !/^(28|3D|42|53|25)/.test(code);
}

/** Whether the transaction was chosen to give way to another, and may simply be run again. */
export function isRetryable(error: unknown): boolean {
  return codeOf(error) === '40P01' || codeOf(error) === '40001';
}

/** The driver's error in the words of `driver.ts`; what those have no word for stays as it is. */
export function translated(location: string, error: unknown): unknown {
  if (error instanceof DatabaseUnusable) return error;
  if (codeOf(error) === '23505') return new UniqueViolation('A row with this key is there already.', { cause: error });
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  const unreachable = isLost(error) && !isInsecure(error);
  return new DatabaseUnusable(`The database ${location} cannot be used: ${reason}.`, { cause: error, unreachable });
}
