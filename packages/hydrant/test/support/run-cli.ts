/** A command line in this process, on the real server and the real databases. */
import type { Composition } from '../../src/cli/command.js';
import { run } from '../../src/cli/index.js';

export interface CliOutcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export async function runCli(
  args: readonly string[],
  { env = {}, answers = [] }: { env?: Record<string, string>; answers?: readonly string[] } = {},
): Promise<CliOutcome> {
  let [out, err] = ['', ''];
  const left = [...answers];
  const status = await run(args, {
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ask: async (question) => {
      out += question;
      return left.shift();
    },
    stopRequested: async () => {},
    pause: async () => {},
    compose: async (): Promise<Composition> => await import('../../src/compose.js'),
  });
  return { status, out, err };
}
