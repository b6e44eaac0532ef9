/** One thing wrong with a configuration. */
export interface Problem {
  /** The key path, or the file where a file as a whole is at fault. */
  readonly path: string;
  /** Why it is refused and what to do instead; never holds the value of a secret. */
  readonly reason: string;
  /** Where the value stands: `hydra.yaml`, `the variable DSN`, `the flag --dev`. */
  readonly source?: string;
}

/** A configuration that cannot be used. Carries every problem found, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      [
        'The configuration has invalid keys or values:',
        ...problems.map(({ path, reason, source }) => `  ${path}${source ? ` (${source})` : ''}\n    ^-- ${reason}`),
      ].join('\n'),
    );
    this.problems = problems;
  }
}
