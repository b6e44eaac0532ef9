import type { Instant, Milliseconds } from '../protocol/time.js';

/** The `grant_type` of RFC 8628 §3.4, which clients also register. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * A device that waits for a person to log in elsewhere (RFC 8628).
 *
 * ```
 * waiting ─► approved     a flow was finished for it: its family has the device code as its code
 *        └─► denied       the person, or the apps that asked them, said no
 * ```
 */
export interface DeviceRequest {
  /** 26 bytes of the device code, see `crypto/opaque-token.ts`. The code itself is never stored. */
  readonly key: Buffer;
  /** 32 bytes that stand for the user code, see `crypto/user-code.ts`. */
  readonly userCode: Buffer;
  readonly stage: DeviceStage;
  readonly clientId: string;
  readonly requestedAt: Instant;
  readonly requestedScope: readonly string[];
  readonly requestedAudience: readonly string[];
  readonly polling: Polling;
}

export type DeviceStage = 'waiting' | 'approved' | 'denied';

/** How a device asks whether it is time. */
export interface Polling {
  readonly count: number;
  readonly lastAt: Instant | null;
  /** How often it came before its time. */
  readonly early: number;
}

/** What polls are measured against. */
export interface PollingRules {
  /** What devices are told. */
  readonly interval: Milliseconds;
}

export const NOT_POLLED: Polling = { count: 0, lastAt: null, early: 0 };

/** Clients poll when their timer rings, and networks are not even: what comes this much too early is in time. */
const LEEWAY: Milliseconds = 1_000;
/** Early polls that are let pass, as Hydra lets all of them: a person who is impatient, a request that was sent twice. */
const FORGIVEN = 5;
/** RFC 8628 §3.5: by so much an interval grows with each `slow_down`. */
const STEP: Milliseconds = 5_000;
const LONGEST: Milliseconds = 60_000;

/** The polling after one more poll, and whether that one has to be answered with `slow_down` (RFC 8628 §3.5). */
export function afterPoll(
  { count, lastAt, early }: Polling,
  now: Instant,
  { interval }: PollingRules,
): { readonly polling: Polling; readonly slowDown: boolean } {
  const grown = Math.max(interval, Math.min(interval + STEP * Math.max(0, early - FORGIVEN), LONGEST));
  const tooEarly = lastAt !== null && now < lastAt + grown - LEEWAY;
  return {
    polling: { count: count + 1, lastAt: now, early: tooEarly ? early + 1 : early },
    slowDown: tooEarly && early >= FORGIVEN,
  };
}

/** A browser in which somebody is about to type a user code: known before any client is. */
export interface DeviceVisit {
  /** 16 bytes: expiry and randomness, see `crypto/handle.ts`. */
  readonly key: Buffer;
  /** The URL of the visit with the user code masked; the verifiers are appended to it. */
  readonly requestUrl: string;
  /** The device whose code was typed last; `null` before that, and after a wrong one. */
  readonly deviceKey: Buffer | null;
  readonly wrongCodes: number;
}
