/** The levels of `log.level`, in Hydra's words, gravest first. */
export const LOG_LEVELS = ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** The formats of `log.format`. */
export type LogFormat = 'text' | 'json' | 'json_pretty';

/** What a line may be told at; the graver levels are thresholds only, for nothing here ends the process by itself. */
export type Severity = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Whether a line of this severity passes the threshold. */
export function passes(threshold: LogLevel, severity: Severity): boolean {
  return LOG_LEVELS.indexOf(severity) <= LOG_LEVELS.indexOf(threshold);
}
