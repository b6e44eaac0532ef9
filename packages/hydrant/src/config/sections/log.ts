/** Logging. */
export const log = {
  level: {
    kind: 'choice',
    values: ['panic', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    default: 'info',
    since: '1.7',
    weight: 'C',
    description: 'Least severe lines that are written.',
  },
  format: {
    kind: 'choice',
    values: ['json', 'json_pretty', 'text'],
    default: 'text',
    since: '1.7',
    weight: 'C',
    description: 'Form of a log line.',
  },
  leak_sensitive_values: {
    kind: 'boolean',
    default: false,
    since: '1.7',
    weight: 'R',
    unsafe: 'Tokens and cookies would stand in the log.',
    warns: 'is not supported and has no effect: secrets are never written to the log',
    description: 'Wrote cookies, tokens and query strings in clear. Hydrant never does.',
  },
  redaction_text: {
    kind: 'string',
    default: '[redacted]',
    since: '1.11',
    weight: 'I',
    ignored: 'What is taken out of a line is marked `[redacted]`, in every installation alike.',
    description: 'Text in place of a redacted value.',
  },
} as const;
