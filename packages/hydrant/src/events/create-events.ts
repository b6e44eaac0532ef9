import { Unavailable } from '../protocol/errors.js';
import { type Clock, type Instant, systemClock } from '../protocol/time.js';
import type { Events } from './events.js';
import { errorLabel } from './labels.js';
import type { LogFormat, LogLevel, Severity } from './levels.js';
import { createLog, type Log, type LogStream } from './log.js';
import { createMetrics, type Metrics } from './metrics.js';
import { errorFields, redact } from './redact.js';

export interface EventsOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly version: string;
  /** The commit and time (RFC 3339) of the build, for the labels of the metrics; empty where unknown. */
  readonly commit?: string;
  readonly buildTime?: string;
  /** Where the log goes; default: stderr. */
  readonly stream?: LogStream;
  /** Default: the machine's. Only the time in the log's lines comes from it. */
  readonly clock?: Clock;
}

/** Tells everything to one log and one set of metrics, which nobody else writes to. */
export function createEvents(options: EventsOptions): Events {
  const { level, format, version, stream, clock = systemClock } = options;
  const log = createLog({ level, format, version, clock, ...(stream === undefined ? {} : { stream }) });
  const metrics = createMetrics({ version, commit: options.commit ?? '', buildTime: options.buildTime ?? '' });
  return {
    ...trafficEvents(log, metrics),
    ...tokenEvents(log, metrics),
    ...flowEvents(log, metrics),
    ...deviceEvents(log, metrics),
    ...noticeEvents(log, metrics),
    ...upkeepEvents(log, metrics),
    ...databaseEvents(log, metrics, clock),
    ...processEvents(log),
    metrics: metrics.scrape,
    flush: log.flush,
  };
}

/** Names that a caller may have chosen: shortened, so that nobody fills the log with one. */
function short(name: string): string {
  return name.length > 256 ? `${name.slice(0, 256)}…` : name;
}

function trafficEvents(log: Log, metrics: Metrics): Pick<Events, 'request'> {
  return {
    request(request) {
      metrics.traffic.record(request);
      // A template has no query; whoever passes a path by mistake loses it here.
      const path = request.endpoint.split('?', 1)[0];
      log.write(request.log ? 'info' : 'trace', 'application', 'completed handling request', {
        http_request: { listener: request.listener, method: request.method, path, size: request.requestBytes },
        http_response: { status: request.status, size: request.responseBytes, took: request.seconds },
      });
    },
  };
}

type TokenEvents = 'tokenIssued' | 'tokenRefused' | 'refused' | 'codeReplayed' | 'refreshReused' | 'hookFailed';

function tokenEvents(log: Log, metrics: Metrics): Pick<Events, TokenEvents> {
  return {
    tokenIssued(grant, clientId, kinds) {
      for (const kind of kinds) metrics.tokenIssued(grant, kind);
      log.write('debug', 'audit', 'tokens issued', { grant, client_id: short(clientId), kinds });
    },
    tokenRefused(grant, errorCode, clientId, reason) {
      metrics.tokenRefused(grant, errorCode);
      log.write('info', 'audit', 'token request refused', {
        grant: redact(grant, 128),
        error: errorCode,
        client_id: clientId === undefined ? undefined : short(clientId),
        reason: reason === undefined ? undefined : redact(reason),
      });
    },
    refused(refusal, where) {
      log.write('info', 'application', 'request refused', {
        where,
        error: refusal.code,
        reason: redact(refusal.hint ?? refusal.description),
        debug: refusal.debug === undefined ? undefined : redact(refusal.debug),
        cause: refusal.cause === undefined ? undefined : errorFields(refusal.cause),
      });
    },
    codeReplayed(clientId, familyId) {
      const message = 'an authorization code was used twice; its tokens are revoked';
      log.write('warn', 'audit', message, { client_id: short(clientId), family: familyId });
    },
    refreshReused(clientId, familyId) {
      const message = 'a spent refresh token was used again; its family is revoked';
      log.write('warn', 'audit', message, { client_id: short(clientId), family: familyId });
    },
    hookFailed(hook, reason) {
      log.write('warn', 'application', 'a hook gave no usable answer; no tokens were issued', {
        hook,
        reason: redact(reason),
      });
    },
  };
}

type FlowEvents =
  | 'flowStarted'
  | 'loginAccepted'
  | 'loginRejected'
  | 'consentAccepted'
  | 'consentRejected'
  | 'flowFinished';

function flowEvents(log: Log, metrics: Metrics): Pick<Events, FlowEvents> {
  const tell = (severity: Severity, message: string, clientId: string, more: Record<string, string> = {}): void =>
    log.write(severity, 'audit', message, { client_id: short(clientId), ...more });
  return {
    flowStarted(clientId) {
      metrics.flow('started');
      tell('debug', 'authorization started', clientId);
    },
    loginAccepted(clientId) {
      metrics.flow('login_accepted');
      tell('debug', 'login accepted', clientId);
    },
    loginRejected(clientId, error) {
      metrics.flow('login_rejected');
      tell('info', 'login rejected', clientId, { error: errorLabel(error) });
    },
    consentAccepted(clientId) {
      metrics.flow('consent_accepted');
      tell('debug', 'consent accepted', clientId);
    },
    consentRejected(clientId, error) {
      metrics.flow('consent_rejected');
      tell('info', 'consent rejected', clientId, { error: errorLabel(error) });
    },
    flowFinished(clientId, familyId) {
      metrics.flow('finished');
      tell('debug', 'authorization finished', clientId, { family: familyId });
    },
  };
}

type DeviceEvents = 'deviceStarted' | 'userCodeAccepted' | 'userCodeWrong' | 'deviceDenied';

function deviceEvents(log: Log, metrics: Metrics): Pick<Events, DeviceEvents> {
  return {
    deviceStarted(clientId) {
      metrics.flow('device_started');
      log.write('debug', 'audit', 'device waits for its person', { client_id: short(clientId) });
    },
    userCodeAccepted(clientId) {
      metrics.flow('user_code_accepted');
      log.write('debug', 'audit', 'user code accepted', { client_id: short(clientId) });
    },
    userCodeWrong(burned) {
      metrics.flow('user_code_wrong');
      const message = burned ? 'too many wrong user codes; the challenge is void' : 'wrong user code';
      log.write(burned ? 'warn' : 'info', 'audit', message, {});
    },
    deviceDenied(clientId) {
      metrics.flow('device_denied');
      log.write('info', 'audit', 'device refused', { client_id: short(clientId) });
    },
  };
}

type NoticeEvents = 'logoutNoticeDelivered' | 'logoutNoticeFailed' | 'logoutNoticeGivenUp';

function noticeEvents(log: Log, metrics: Metrics): Pick<Events, NoticeEvents> {
  return {
    logoutNoticeDelivered(clientId, attempt) {
      metrics.logoutNotice('delivered');
      log.write('info', 'audit', 'back-channel logout delivered', { client_id: short(clientId), attempt });
    },
    logoutNoticeFailed(clientId, attempt, reason) {
      metrics.logoutNotice('failed');
      const fields = { client_id: short(clientId), attempt, reason: redact(reason) };
      log.write('warn', 'audit', 'back-channel logout failed, to be tried again', fields);
    },
    logoutNoticeGivenUp(clientId, attempt, reason) {
      metrics.logoutNotice('given_up');
      const fields = { client_id: short(clientId), attempt, reason: redact(reason) };
      log.write('error', 'audit', 'back-channel logout given up', fields);
    },
  };
}

type UpkeepEvents = 'rowsExpired' | 'tableMeasured' | 'clientChanged' | 'keyChanged';

function upkeepEvents(log: Log, metrics: Metrics): Pick<Events, UpkeepEvents> {
  return {
    rowsExpired(table, count) {
      metrics.rowsExpired(table, count);
      log.write('debug', 'application', 'dead rows deleted', { table, count });
    },
    tableMeasured(table, live, dead, oldestDeadSeconds) {
      metrics.tableMeasured(table, live, dead, oldestDeadSeconds);
    },
    clientChanged(action, id) {
      log.write('info', 'audit', `client ${action}`, { client_id: short(id) });
    },
    keyChanged(action, set) {
      log.write('info', 'audit', `keys ${action}`, { set: short(set) });
    },
  };
}

type DatabaseEvents = 'databaseFailing' | 'databaseWorking' | 'databaseAwaited' | 'unexpected';

function databaseEvents(log: Log, metrics: Metrics, clock: Clock): Pick<Events, DatabaseEvents> {
  let since: Instant | undefined;
  return {
    databaseFailing(reason) {
      since = clock.now();
      metrics.databaseWorks(false);
      const message = 'the database fails; what needs it is answered with 503 until it works again';
      log.write('error', 'application', message, { reason: redact(reason) });
    },
    databaseWorking() {
      const seconds = since === undefined ? undefined : (clock.now() - since) / 1000;
      since = undefined;
      metrics.databaseWorks(true);
      log.write('warn', 'application', 'the database works again', { seconds });
    },
    databaseAwaited(reason, pauseSeconds) {
      const fields = { reason: redact(reason), again_in_seconds: pauseSeconds };
      log.write('warn', 'application', 'the database cannot be reached yet', fields);
    },
    unexpected(error, where) {
      // One line has told of the outage; a stack for each request and job that it fails would bury it.
      if (since !== undefined && error instanceof Unavailable)
        log.write('debug', 'application', 'failed for want of the database', { where });
      else log.write('error', 'application', 'unexpected error', { where, error: errorFields(error) });
    },
  };
}

type ProcessEvents = 'started' | 'stopping' | 'warning' | 'unsafe';

function processEvents(log: Log): Pick<Events, ProcessEvents> {
  return {
    started(addresses) {
      log.write('info', 'application', 'ready', { addresses });
    },
    stopping() {
      log.write('info', 'application', 'stopping', {});
    },
    warning(message) {
      log.write('warn', 'application', redact(message), {});
    },
    unsafe(setting, message) {
      log.write('warn', 'audit', redact(message), { setting });
    },
  };
}
