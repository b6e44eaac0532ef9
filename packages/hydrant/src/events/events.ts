import type { OAuthError } from '../protocol/errors.js';
import type { Scrape } from './metrics.js';

/** A finished HTTP request. Its path is the route's template; the query, headers and bodies never come here. */
export interface RequestEvent {
  readonly listener: 'public' | 'admin';
  readonly method: string;
  /** The route's template (`/clients/{id}`), or anything without a leading slash where none matched. */
  readonly endpoint: string;
  readonly status: number;
  readonly seconds: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** `false`: counted, but logged at trace level only (`serve.*.request_log.disable_for_health`). */
  readonly log: boolean;
}

/**
 * Everything that is worth telling, one function each: the log line and the metric come from the same call, and a trace
 * would. No function takes a token, code, verifier, challenge, secret or cookie, or a person's identifier. Text that
 * others wrote (errors, reasons) is redacted before it is logged.
 *
 * Told at `debug` what happens all the time, at `info` what an operator wants to see, at `warn` what may be an attack or
 * needs a hand; lines for the audit carry `audience=audit`.
 */
export interface Events {
  /** An answer went out. */
  request(request: RequestEvent): void;
  /** Tokens were issued; `kinds` are `access_token`, `refresh_token`, `id_token`, `authorization_code`. */
  tokenIssued(grant: string, clientId: string, kinds: readonly string[]): void;
  /** The token endpoint refused. `grant` and `errorCode` may be of the caller's invention. */
  tokenRefused(grant: string, errorCode: string, clientId?: string, reason?: string): void;
  /** Any other refusal, with what is for the log only: its `debug` and `cause`. */
  refused(refusal: OAuthError, where: string): void;

  flowStarted(clientId: string): void;
  loginAccepted(clientId: string): void;
  /** `error` is the login app's word. */
  loginRejected(clientId: string, error: string): void;
  consentAccepted(clientId: string): void;
  /** `error` is the consent app's word. */
  consentRejected(clientId: string, error: string): void;
  /** The client got its answer; `familyId` is what it began. */
  flowFinished(clientId: string, familyId: string): void;

  /** A device was given its codes (RFC 8628 §3.2). */
  deviceStarted(clientId: string): void;
  /** Somebody typed the code of a device that waits. */
  userCodeAccepted(clientId: string): void;
  /** Somebody typed a code that no device waits for; `burned`: so often that they have to begin anew. */
  userCodeWrong(burned: boolean): void;
  /** The login or consent app refused to let a device in. */
  deviceDenied(clientId: string): void;

  /** A code came a second time and the family was ended (RFC 6749 §4.1.2). */
  codeReplayed(clientId: string, familyId: string): void;
  /** A spent refresh token came after its grace and the family was ended (RFC 9700 §4.14.2). */
  refreshReused(clientId: string, familyId: string): void;

  /** A hook of the operator gave no usable answer, and no tokens were issued. `hook` is one of our own names. */
  hookFailed(hook: string, reason: string): void;

  /** A client took its logout token; `attempt` counts from 1. */
  logoutNoticeDelivered(clientId: string, attempt: number): void;
  /** It did not, and is asked again. */
  logoutNoticeFailed(clientId: string, attempt: number, reason: string): void;
  /** It is not asked again. */
  logoutNoticeGivenUp(clientId: string, attempt: number, reason: string): void;

  /** Dead rows were deleted. `table` is one of our own names. */
  rowsExpired(table: string, count: number): void;
  /** How many rows a table has that live and that are dead, and for how many seconds the oldest dead one has been so. */
  tableMeasured(table: string, live: number, dead: number, oldestDeadSeconds: number): void;
  clientChanged(action: 'created' | 'updated' | 'deleted', id: string): void;
  keyChanged(action: 'created' | 'updated' | 'deleted', set: string): void;

  /** Requests fail for want of the database, beginning now. */
  databaseFailing(reason: string): void;
  /** They do no more. */
  databaseWorking(): void;
  /** A start waits for a database that cannot be reached yet. */
  databaseAwaited(reason: string, pauseSeconds: number): void;

  /** A bug or a failure of something we depend on: logged whole with its stack, never sent to anybody. */
  unexpected(error: unknown, where: string): void;
  /** The listeners answer; their addresses by name. */
  started(addresses: Readonly<Record<string, string>>): void;
  stopping(): void;
  /** Something an operator should look at. */
  warning(message: string): void;
  /** A setting that is dangerous and was chosen all the same. */
  unsafe(setting: string, message: string): void;

  /** The numbers, for `GET /metrics/prometheus`. */
  metrics(): Promise<Scrape>;
  /** Writes out what the log still has in memory; called last. */
  flush(): void;
}
