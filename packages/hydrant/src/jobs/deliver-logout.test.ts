import { describe, expect, test, vi } from 'vitest';
import type { LogoutNotice } from '../model/logout.js';
import { type Delivery, deliverLogout, pauseAfter } from './deliver-logout.js';

const HOUR = 3_600_000;
const running = new AbortController().signal;

function notice(id: string, dueAt = 0): LogoutNotice {
  return { id, clientId: `client-${id}`, sessionId: 's', attempts: 0, dueAt, createdAt: 0 };
}

/** A job over these notices whose deliveries end as `outcome` says, and a clock to move. */
function givenJob(owed: readonly LogoutNotice[], outcome: (notice: LogoutNotice) => Delivery | Error) {
  const rows = new Map(owed.map((each) => [each.id, each]));
  const time = { now: 0 };
  const change = (id: string, changes: Partial<LogoutNotice>): void => {
    const row = rows.get(id);
    if (row !== undefined) rows.set(id, { ...row, ...changes });
  };
  const notices = {
    async claim(now: number, until: number, limit: number) {
      const due = [...rows.values()].filter((row) => row.dueAt <= now).slice(0, limit);
      for (const { id } of due) change(id, { dueAt: until });
      return due;
    },
    async delete(id: string) {
      rows.delete(id);
    },
    async retry(id: string, attempts: number, dueAt: number) {
      change(id, { attempts, dueAt });
    },
  };
  const deliver = vi.fn(async (due: LogoutNotice): Promise<Delivery> => {
    const end = outcome(due);
    if (end instanceof Error) throw end;
    return end;
  });
  const events = {
    logoutNoticeDelivered: vi.fn(),
    logoutNoticeFailed: vi.fn(),
    logoutNoticeGivenUp: vi.fn(),
    unexpected: vi.fn(),
  };
  const job = deliverLogout({ notices, deliver, clock: { now: () => time.now }, events });
  return { rows, time, deliver, events, round: () => job.run(running) };
}

describe('a logout token that is owed', () => {
  test('goes when it was delivered', async () => {
    const { rows, events, round } = givenJob([notice('a'), notice('later', 1)], () => 'delivered');
    await round();
    expect([...rows.keys()]).toEqual(['later']);
    expect(events.logoutNoticeDelivered.mock.calls).toEqual([['client-a', 1]]);
  });

  test('is tried again after a pause that grows, with the reason told each time', async () => {
    const { rows, time, deliver, events, round } = givenJob([notice('a')], () => ({ retry: 'HTTP 503' }));
    await round();
    expect(rows.get('a')).toMatchObject({ attempts: 1, dueAt: 5_000 });
    time.now = 4_999;
    await round();
    expect(deliver).toHaveBeenCalledTimes(1);
    time.now = 5_000;
    await round();
    expect(rows.get('a')).toMatchObject({ attempts: 2, dueAt: 15_000 });
    expect(events.logoutNoticeFailed.mock.calls).toEqual([
      ['client-a', 1, 'HTTP 503'],
      ['client-a', 2, 'HTTP 503'],
    ]);
  });

  test('is given up after a day, after a last try', async () => {
    const { rows, time, deliver, events, round } = givenJob([notice('a')], () => 'retry');
    while (rows.size > 0 && time.now <= 48 * HOUR) {
      await round();
      time.now = rows.get('a')?.dueAt ?? time.now;
    }
    expect(time.now).toBe(24 * HOUR);
    expect(events.logoutNoticeGivenUp.mock.calls).toEqual([['client-a', deliver.mock.calls.length, 'not accepted']]);
    expect(deliver.mock.calls.length).toBeGreaterThan(24);
  });

  test('goes at once where the client is gone', async () => {
    const { rows, events, round } = givenJob([notice('a')], () => 'gone');
    await round();
    expect(rows.size).toBe(0);
    expect(events.logoutNoticeGivenUp).toHaveBeenCalledOnce();
    expect(events.logoutNoticeFailed).not.toHaveBeenCalled();
  });

  test('whose delivery is a bug is told of and tried again, and the others are delivered', async () => {
    const bug = new Error('bug');
    const { rows, events, round } = givenJob([notice('a'), notice('b')], ({ id }) => (id === 'a' ? bug : 'delivered'));
    await round();
    expect(events.unexpected).toHaveBeenCalledWith(bug, 'job deliver-logout');
    expect(rows.get('a')).toMatchObject({ attempts: 1, dueAt: 5_000 });
    expect(rows.has('b')).toBe(false);
  });

  test('need not wait for the next round where many are owed', async () => {
    const owed = Array.from({ length: 100 }, (_, index) => notice(`n${index}`));
    const { rows, deliver, round } = givenJob(owed, () => 'delivered');
    await round();
    expect([rows.size, deliver.mock.calls.length]).toEqual([0, 100]);
  });
});

test('the pause doubles from 5 s to an hour', () => {
  expect([1, 2, 3, 10, 11, 2000].map(pauseAfter)).toEqual([5_000, 10_000, 20_000, 2_560_000, HOUR, HOUR]);
});
