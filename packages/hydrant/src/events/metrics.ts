import { Counter, Gauge, Registry } from 'prom-client';
import { errorLabel, grantLabel, kindLabel } from './labels.js';
import { registerProcessMetrics } from './process-metrics.js';
import { createTraffic, type Traffic } from './traffic.js';

/** What `GET /metrics/prometheus` answers. */
export interface Scrape {
  /** `text/plain; version=0.0.4; charset=utf-8`; the second generation's path adds `; escaping=underscores`. */
  readonly contentType: string;
  readonly body: string;
}

export type FlowOutcome =
  | 'started'
  | 'login_accepted'
  | 'login_rejected'
  | 'consent_accepted'
  | 'consent_rejected'
  | 'finished'
  | 'device_started'
  | 'user_code_accepted'
  | 'user_code_wrong'
  | 'device_denied';

export type NoticeOutcome = 'delivered' | 'failed' | 'given_up';

const FLOW_OUTCOMES: readonly FlowOutcome[] = [
  'started',
  'login_accepted',
  'login_rejected',
  'consent_accepted',
  'consent_rejected',
  'finished',
  'device_started',
  'user_code_accepted',
  'user_code_wrong',
  'device_denied',
];
const NOTICE_OUTCOMES: readonly NoticeOutcome[] = ['delivered', 'failed', 'given_up'];

/** The numbers of one server. */
export interface Metrics {
  readonly traffic: Pick<Traffic, 'record'>;
  tokenIssued(grant: string, kind: string): void;
  tokenRefused(grant: string, error: string): void;
  flow(outcome: FlowOutcome): void;
  rowsExpired(table: string, count: number): void;
  tableMeasured(table: string, live: number, dead: number, oldestDeadSeconds: number): void;
  logoutNotice(outcome: NoticeOutcome): void;
  databaseWorks(works: boolean): void;
  scrape(): Promise<Scrape>;
}

export interface Build {
  readonly version: string;
  readonly commit: string;
  /** RFC 3339. */
  readonly buildTime: string;
}

/** Starts counting in a registry of its own, so that two servers in one process do not mix. */
export function createMetrics(build: Build): Metrics {
  const registry = new Registry();
  // Hydra: the label says `hydra`, because dashboards and alerts select by it.
  const traffic = createTraffic({
    app: 'hydra',
    buildTime: build.buildTime,
    hash: build.commit,
    version: build.version,
  });
  const issued = counter(registry, 'hydrant_tokens_issued_total', 'Tokens issued.', ['grant', 'kind']);
  const refused = counter(registry, 'hydrant_tokens_refused_total', 'Token requests refused.', ['grant', 'error']);
  const flows = counter(registry, 'hydrant_flows_total', 'Steps that authorization flows took.', ['outcome']);
  const expired = counter(registry, 'hydrant_rows_expired_total', 'Dead rows deleted.', ['table']);
  const notices = counter(registry, 'hydrant_logout_notices_total', 'Back-channel logout deliveries.', ['outcome']);
  // A rate over a series that is not there yet misses its first step.
  for (const outcome of FLOW_OUTCOMES) flows.inc({ outcome }, 0);
  for (const outcome of NOTICE_OUTCOMES) notices.inc({ outcome }, 0);

  return {
    traffic,
    tokenIssued: (grant, kind) => issued.inc({ grant: grantLabel(grant), kind: kindLabel(kind) }),
    tokenRefused: (grant, error) => refused.inc({ grant: grantLabel(grant), error: errorLabel(error) }),
    flow: (outcome) => flows.inc({ outcome }),
    rowsExpired: (table, count) => expired.inc({ table }, count),
    tableMeasured: tableGauges(registry),
    logoutNotice: (outcome) => notices.inc({ outcome }),
    databaseWorks: databaseGauge(registry),
    scrape: scraper(registry, traffic),
  };
}

function counter<L extends string>(registry: Registry, name: string, help: string, labelNames: L[]): Counter<L> {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

function databaseGauge(registry: Registry): Metrics['databaseWorks'] {
  const help = 'Whether the database does what it is asked for: 1, or 0 while requests fail for want of it.';
  const up = new Gauge({ name: 'hydrant_database_up', help, registers: [registry] });
  const outages = counter(registry, 'hydrant_database_outages_total', 'How often it began to fail.', []);
  up.set(1);
  return (works) => {
    up.set(works ? 1 : 0);
    if (!works) outages.inc();
  };
}

function tableGauges(registry: Registry): Metrics['tableMeasured'] {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['table'], registers: [registry] });
  const alive = gauge('hydrant_table_live_rows', 'Rows that live, by table.');
  const gone = gauge('hydrant_table_dead_rows', 'Rows that are dead and wait for their deletion, by table.');
  const oldest = gauge('hydrant_table_oldest_dead_seconds', 'For how long the longest dead row has been so, by table.');
  return (table, live, dead, oldestDeadSeconds) => {
    alive.set({ table }, live);
    gone.set({ table }, dead);
    oldest.set({ table }, oldestDeadSeconds);
  };
}

function scraper(registry: Registry, traffic: Traffic): () => Promise<Scrape> {
  const scrapes = counter(registry, 'promhttp_metric_handler_requests_total', 'Scrapes by status.', ['code']);
  for (const code of ['200', '500', '503']) scrapes.inc({ code }, 0);
  const inFlight = new Gauge({
    name: 'promhttp_metric_handler_requests_in_flight',
    help: 'Scrapes being served.',
    registers: [registry],
  });
  let processRegistered = false;

  return async () => {
    // Not before the first scrape: they observe the garbage collector and the event loop, which nobody else needs.
    if (!processRegistered) registerProcessMetrics(registry);
    processRegistered = true;
    inFlight.inc();
    try {
      const body = `${await registry.metrics()}\n${traffic.render()}`;
      scrapes.inc({ code: '200' });
      return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, body };
    } catch (error) {
      scrapes.inc({ code: '500' });
      throw error;
    } finally {
      inFlight.dec();
    }
  };
}
