import { test } from 'vitest';

/** A test of an operation where a release offers it. Where it does not there is nothing to test, so nothing is skipped either. */
export function whereOffered(offered: boolean): (name: string, run: () => Promise<void>, timeout?: number) => void {
  return (name, run, timeout) => {
    if (offered) test(name, run, timeout);
  };
}
