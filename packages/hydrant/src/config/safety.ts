import { ConfigError, type Problem } from './problem.js';
import type { Config } from './sections/index.js';

/** Samples out of documentation and compose files, and what people write when they mean to come back later. */
const WELL_KNOWN =
  /change.?(me|this|it)|need.?to.?change|replace.?(me|this|it)|this.?is.?(the|a|an).*secret|example.?secret|^(secret|password|default|test)+\d*$/i;

/** Fewer different characters than this do not come out of a random generator. */
const LEAST_DIFFERENT = 8;

/** Whether a secret of sufficient length is one that an attacker would try. */
export function isWeakSecret(secret: string): boolean {
  if (WELL_KNOWN.test(secret) || new Set(secret).size < LEAST_DIFFERENT) return true;
  // One short text over and over: `abcdefgh` twice.
  return /^(.{1,12})\1+$/s.test(secret);
}

/** Outside development mode, refuses settings under which the server would not be safe. Throws `ConfigError`. */
export function assertSafe(config: Config): void {
  if (config.dev) return;
  const problems: Problem[] = [];
  const ways = 'or use --dev to try things out';
  const [writing] = config.secrets.system;
  const make = 'for example to the output of: openssl rand -base64 32';
  if (writing === undefined) {
    problems.push({
      path: 'secrets.system',
      reason: `is not set: set it, or SECRETS_SYSTEM, to at least 16 random characters, ${make}; ${ways}`,
    });
  } else if (isWeakSecret(writing)) {
    problems.push({
      path: 'secrets.system',
      reason: `begins with a secret that is easy to guess: set the first entry to random characters, ${make}; ${ways}`,
    });
  }
  if (!config.urls.self.issuer.toLowerCase().startsWith('https://')) {
    problems.push({
      path: 'urls.self.issuer',
      reason: `must begin with https://, for tokens travel to it: set it, or URLS_SELF_ISSUER, to the address that clients use; ${ways}`,
    });
  }
  for (const page of ['login', 'consent'] as const) {
    if (config.urls[page]) continue;
    problems.push({
      path: `urls.${page}`,
      reason: `is not set: set it, or URLS_${page.toUpperCase()}, to the address of your ${page} page (the built-in one lets anybody in); ${ways}`,
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
