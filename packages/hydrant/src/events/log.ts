import { destination, pino } from 'pino';
import { type Clock, toRfc3339 } from '../protocol/time.js';
import { type LogFormat, type LogLevel, passes, type Severity } from './levels.js';
import { formatText } from './text-format.js';

/** Where lines go. */
export interface LogStream {
  write(line: string): unknown;
  flushSync?(): void;
}

/** Who a line is for; `audit` marks what an operator must be able to find again. */
export type Audience = 'application' | 'audit';

export interface Log {
  write(severity: Severity, audience: Audience, message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Writes out what is still in memory. */
  flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly version: string;
  readonly clock: Clock;
  /** Default: stderr, written without blocking and flushed at exit. */
  readonly stream?: LogStream;
}

/** The one log of a process. */
export function createLog(options: LogOptions): Log {
  const stream = options.stream ?? destination({ dest: 2, sync: false });
  const write = options.format === 'json' ? jsonWriter(options, stream) : readableWriter(options, stream);
  return {
    write(severity, audience, message, fields) {
      if (passes(options.level, severity)) write(severity, audience, message, fields);
    },
    flush() {
      stream.flushSync?.();
    },
  };
}

function serviceFields(version: string): { service_name: string; service_version: string } {
  return { service_name: 'Hydrant', service_version: version };
}

/** One JSON object a line, with the keys that Hydra's has. */
function jsonWriter(options: LogOptions, stream: LogStream): Log['write'] {
  const logger = pino(
    {
      level: 'trace',
      base: serviceFields(options.version),
      timestamp: () => `,"time":"${toRfc3339(options.clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void stream.write(line) },
  );
  return (severity, audience, message, fields) => logger[severity]({ audience, ...fields }, message);
}

/** For a person's eyes: pairs in a line, or an indented object. Written here, because pino does it in a second thread only. */
function readableWriter(options: LogOptions, stream: LogStream): Log['write'] {
  const service = serviceFields(options.version);
  const format = options.format === 'text' ? formatText : (line: object) => JSON.stringify(line, undefined, 2);
  return (level, audience, msg, fields) => {
    const time = toRfc3339(options.clock.now());
    stream.write(`${format({ time, level, msg, audience, ...service, ...fields })}\n`);
  };
}
