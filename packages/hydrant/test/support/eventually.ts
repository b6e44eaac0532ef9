import { setTimeout as pause } from 'node:timers/promises';

/** Resolves when `holds` says so; rejects when it does not for a long time. For what happens beside the requests. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await holds()) return;
    await pause(20);
  }
  throw new Error(`It never came true that ${what}.`);
}
