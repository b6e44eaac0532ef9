import type { Events } from '../events/index.js';
import type { LogoutNotice } from '../model/logout.js';
import type { Clock, Milliseconds } from '../protocol/time.js';
import type { NoticeStore } from '../store/index.js';
import type { Job } from './job.js';

/** The job's name, for whoever kicks it right after a logout. */
export const DELIVER_LOGOUT = 'deliver-logout';

const EVERY: Milliseconds = 5_000;
const FIRST_RETRY: Milliseconds = 5_000;
const LONGEST_RETRY: Milliseconds = 3_600_000;
const GIVE_UP_AFTER: Milliseconds = 24 * 3_600_000;
/** How long a claimed notice is ours: far longer than any delivery takes, so that a crash costs a pause and not the notice. */
const LEASE: Milliseconds = 60_000;
/** How many are delivered side by side. */
const LIMIT = 16;

/** What came of a delivery: taken, to be tried again (and why), or not wanted any more because the client is gone. */
export type Delivery = 'delivered' | 'gone' | 'retry' | { readonly retry: string };

/** Sends one logout token (OpenID Connect Back-Channel Logout 1.0 §2.5); must settle well within a minute. */
export type Deliver = (notice: LogoutNotice) => Promise<Delivery>;

export interface DeliverLogoutOptions {
  readonly notices: Pick<NoticeStore, 'claim' | 'delete' | 'retry'>;
  readonly deliver: Deliver;
  readonly clock: Clock;
  readonly events: Pick<Events, 'logoutNoticeDelivered' | 'logoutNoticeFailed' | 'logoutNoticeGivenUp' | 'unexpected'>;
}

/**
 * Delivers the logout tokens that are owed: at once where kicked, again after 5 s, 10 s, … up to an hour, and no more after
 * a day. A notice is delivered at least once; a client tells repetitions by the token's `jti`.
 */
export function deliverLogout(options: DeliverLogoutOptions): Job {
  const { notices, clock } = options;
  return {
    name: DELIVER_LOGOUT,
    every: EVERY,
    async run(signal) {
      let claimed = LIMIT;
      while (claimed === LIMIT && !signal.aborted) {
        const now = clock.now();
        const due = await notices.claim(now, now + LEASE, LIMIT);
        claimed = due.length;
        await Promise.all(due.map((notice) => deliverOne(notice, options)));
      }
    },
  };
}

/** Never rejects, for one notice's trouble must not hide another's outcome. */
async function deliverOne(notice: LogoutNotice, options: DeliverLogoutOptions): Promise<void> {
  try {
    await settle(notice, await attempt(notice, options), options);
  } catch (error) {
    options.events.unexpected(error, `job ${DELIVER_LOGOUT}`);
  }
}

async function attempt(notice: LogoutNotice, { deliver, events }: DeliverLogoutOptions): Promise<Delivery> {
  try {
    return await deliver(notice);
  } catch (error) {
    events.unexpected(error, `job ${DELIVER_LOGOUT}`);
    return { retry: 'unexpected error' };
  }
}

async function settle(notice: LogoutNotice, delivery: Delivery, options: DeliverLogoutOptions): Promise<void> {
  const { notices, clock, events } = options;
  const number = notice.attempts + 1;
  if (delivery === 'delivered') {
    await notices.delete(notice.id);
    events.logoutNoticeDelivered(notice.clientId, number);
    return;
  }
  if (delivery === 'gone') {
    await notices.delete(notice.id);
    events.logoutNoticeGivenUp(notice.clientId, number, 'the client is gone or takes no logout tokens any more');
    return;
  }
  const reason = delivery === 'retry' ? 'not accepted' : delivery.retry;
  const now = clock.now();
  const lastChance = notice.createdAt + GIVE_UP_AFTER;
  if (now >= lastChance) {
    await notices.delete(notice.id);
    events.logoutNoticeGivenUp(notice.clientId, number, reason);
    return;
  }
  await notices.retry(notice.id, number, Math.min(now + pauseAfter(number), lastChance));
  events.logoutNoticeFailed(notice.clientId, number, reason);
}

/** How long to wait after so many failures: doubles from 5 s up to an hour. */
export function pauseAfter(failures: number): Milliseconds {
  return Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY);
}
