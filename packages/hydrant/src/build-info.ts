import { readFileSync } from 'node:fs';

/** Which build this is. What is not known reads as in a Hydra that was built by hand. */
export interface BuildInfo {
  readonly version: string;
  readonly gitHash: string;
  readonly buildTime: string;
}

/** Reads the package's own description, and what the set-up script noted beside the built files. */
export function buildInfo(): BuildInfo {
  const description = readJson('../package.json');
  const build = readJson('./build.json');
  return {
    version: `v${description.version ?? '0.0.0'}`,
    gitHash: build.gitHash ?? 'undefined',
    buildTime: build.buildTime ?? 'undefined',
  };
}

function readJson(relative: string): Readonly<Record<string, string | undefined>> {
  try {
    return JSON.parse(readFileSync(new URL(relative, import.meta.url), 'utf8'));
  } catch {
    return {};
  }
}
