#!/usr/bin/env node
/** The binary: arguments in, exit status out. */
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Composition, World } from './cli/command.js';
import { run } from './cli/index.js';

const world: World = {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ask,
  stopRequested,
  pause: (milliseconds) => pause(milliseconds),
  compose: async (): Promise<Composition> => await import('./compose.js'),
};

let lines: AsyncIterator<string> | undefined;

/** One reader for all questions: a second one would miss what the first has read ahead. */
async function ask(question: string): Promise<string | undefined> {
  process.stdout.write(question);
  lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  return done ? undefined : value;
}

/** The exit status of a process that a signal has ended. */
const STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** A second signal, of either kind, ends the process at once, whatever is still open; also where it is the first of its system. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    let requested = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (requested) process.exit(STATUS[signal]);
        requested = true;
        resolve();
      });
    }
  });
}

// Whoever reads our output may stop early (`hydrant … | head`); that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

// Sockets and timers that outlive their command must not keep the process: the status is known here.
process.exit(await run(process.argv.slice(2), world));
