/**
 * The one place where things are told. Owns the log and the metrics; the only importer of their libraries (pino,
 * prom-client). May import `protocol` and `model`; must not know HTTP, storage or configuration.
 *
 * Everybody else receives {@link Events}, or the part they use, as an argument.
 */
export { createEvents, type EventsOptions } from './create-events.js';
export type { Events, RequestEvent } from './events.js';
export { LOG_LEVELS, type LogFormat, type LogLevel } from './levels.js';
export type { LogStream } from './log.js';
export type { Scrape } from './metrics.js';
