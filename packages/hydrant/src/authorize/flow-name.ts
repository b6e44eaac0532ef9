import type { Milliseconds } from '../protocol/time.js';

/** A flow's name in the cookies that bind it to a browser: the random part of its key, which says nothing else. */
export function flowName(key: Buffer): string {
  return key.subarray(5).toString('base64url');
}

/** Whole seconds of a lifetime, at least one. */
export function maxAgeOf(lifetime: Milliseconds): number {
  return Math.max(1, Math.floor(lifetime / 1000));
}
