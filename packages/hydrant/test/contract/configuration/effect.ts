/**
 * What a setting does, as a test sees it. Each effect starts a server with settings of its own and looks at what that
 * changed, on the wire or around it; `keys.test.ts` runs them all and sees to it that no key is left out.
 */
import { environmentName } from '../../../src/config/index.js';
import { type Hydrant, type HydrantOptions, startHydrant } from '../../support/start-hydrant.js';

export interface Effect {
  /** The key paths whose effect this shows. */
  readonly keys: readonly string[];
  /** What is seen, for the title of the test. */
  readonly says: string;
  run(): Promise<void>;
}

/** Settings by key path, each written as a variable has it. */
export type Settings = Readonly<Record<string, string>>;

/** The same by the names of their variables. */
export function asVariables(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([key, text]) => [environmentName(key), text]));
}

/** EC keys and cheap hashes are made in no time; what they are matters to the effects that say so alone. */
const FAST: Settings = {
  'strategies.jwt.signing_algorithm': 'ES256',
  'oauth2.hashers.algorithm': 'pbkdf2',
  'oauth2.hashers.pbkdf2.iterations': '1',
};

/** Starts a server with these settings; once more where a neighbour was quicker to take one of its ports. */
export async function started(settings: Settings, options: HydrantOptions = {}): Promise<Hydrant> {
  const start = () => startHydrant({ ...options, settings: asVariables({ ...FAST, ...settings }) });
  return start().catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return start();
    throw error;
  });
}

/** An effect of all of these settings but those in `beside`, which are only there to let it show. */
export function served(
  says: string,
  settings: Settings,
  check: (hydrant: Hydrant) => Promise<void>,
  options: HydrantOptions & { readonly beside?: readonly string[] } = {},
): Effect {
  const { beside = [], ...rest } = options;
  return {
    says,
    keys: Object.keys(settings).filter((key) => !beside.includes(key)),
    async run() {
      await using hydrant = await started(settings, rest);
      await check(hydrant);
    },
  };
}
