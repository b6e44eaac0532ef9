import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Call, type Connection, call, DatabaseUnusable, type Settled, statement } from './driver.js';
import { failFast } from './fail-fast.js';

const gone = new DatabaseUnusable('Nobody is there.', { unreachable: true });
const full = new DatabaseUnusable('The disk is full.');
const question: readonly Call[] = [call(statement('ask', 'SELECT 1'))];
const answer: readonly Settled<readonly unknown[]>[] = [{ ok: true, value: [] }];

/** A connection whose every answer is given, or held back, by the test. */
function scripted() {
  const heard: string[] = [];
  const held: { resolve: () => void }[] = [];
  const state = {
    there: true,
    looking: Promise.resolve(),
    says: (): Promise<typeof answer> => Promise.resolve(answer),
  };
  const never = async () => {
    throw new Error('No test asks for this.');
  };
  const connection: Connection = {
    location: 'a test',
    parallel: 1,
    read: () => state.says(),
    write: async () => [{ ok: false, error: full }],
    snapshot: never,
    changeSchema: never,
    changedElsewhere: async () => false,
    listen: () => undefined,
    unreachable: async () => {
      await state.looking;
      return state.there ? undefined : gone;
    },
    abandon: () => void heard.push('abandoned'),
    close: async () => undefined,
  };
  const guarded = failFast(connection, {
    failing: ({ message }) => void heard.push(`failing: ${message}`),
    working: () => void heard.push('working'),
  });
  const hold = () => new Promise<typeof answer>((resolve) => held.push({ resolve: () => resolve(answer) }));
  const release = () => {
    for (const { resolve } of held.splice(0)) resolve();
  };
  return { guarded, state, heard, hold, release };
}

describe('a connection that does not let everybody wait', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('fails what waits, and what comes, once nobody answers there; until somebody does', async () => {
    const { guarded, state, heard, hold } = scripted();
    state.says = hold;
    const waiting = [guarded.read(question), guarded.read(question)].map((one) => one.catch((error) => error));
    state.there = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await Promise.all(waiting)).toEqual([gone, gone]);
    expect(heard).toEqual(['failing: Nobody is there.', 'abandoned']);
    await expect(guarded.read(question)).rejects.toBe(gone);

    state.there = true;
    state.says = async () => answer;
    await vi.advanceTimersByTimeAsync(500);
    expect(await guarded.read(question)).toBe(answer);
    expect(heard.slice(2)).toEqual(['working']);
  });

  test('waits on for an answer that is only slow', async () => {
    const { guarded, state, heard, hold, release } = scripted();
    state.says = hold;
    const waiting = guarded.read(question);
    await vi.advanceTimersByTimeAsync(8_000);
    release();
    expect(await waiting).toBe(answer);
    expect(heard).toEqual([]);
  });

  test('gives nobody up while others are answered, even where no new connection is to be had', async () => {
    const { guarded, state, heard, hold, release } = scripted();
    state.there = false;
    state.looking = new Promise((resolve) => setTimeout(resolve, 1_500));
    state.says = hold;
    const waiting = guarded.read(question);
    await vi.advanceTimersByTimeAsync(1_200);
    state.says = async () => answer;
    expect(await guarded.read(question)).toBe(answer);
    await vi.advanceTimersByTimeAsync(500);
    release();
    expect(await waiting).toBe(answer);
    expect(heard).toEqual([]);
  });

  test('lets pass what the database itself refuses, and tells of it once for as long as it lasts', async () => {
    const { guarded, heard } = scripted();
    for (let second = 0; second < 5; second++) {
      expect(await guarded.write([{}])).toEqual([{ ok: false, error: full }]);
      await guarded.read(question);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(heard).toEqual(['failing: The disk is full.']);
  });

  test('asks for nobody when it is closed', async () => {
    const { guarded, state } = scripted();
    state.there = false;
    state.says = () => Promise.reject(gone);
    await expect(guarded.read(question)).rejects.toBe(gone);
    await guarded.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
