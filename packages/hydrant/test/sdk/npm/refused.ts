import { expect } from 'vitest';

/** What axios throws, in every version of it, for an answer with this status. */
export function refused(status: number): unknown {
  return expect.objectContaining({ response: expect.objectContaining({ status }) });
}
