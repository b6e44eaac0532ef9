import type { DeviceRequest, DeviceVisit, Polling } from '../model/device.js';
import type { TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';

/** A device's request with what it was given, if it was approved and that was not revoked since. */
export interface DeviceWithFamily {
  readonly request: DeviceRequest;
  readonly family: TokenFamily | undefined;
}

/** Devices that wait for a person (RFC 8628). `FlowStore.finishForDevice` approves them. */
export interface DeviceStore {
  /** `false` where the user code is another device's; then nothing is written. */
  insert(request: DeviceRequest): Promise<boolean>;
  find(key: Buffer): Promise<DeviceRequest | undefined>;
  /** One look-up for both. */
  findWithFamily(key: Buffer): Promise<DeviceWithFamily | undefined>;
  /** Writes down a poll of a device that still waits. Of several callers that saw the same, exactly one is told `true`. */
  poll(key: Buffer, seen: Polling, after: Polling): Promise<boolean>;
  /** Denies a device that still waits; `false` where that is decided. */
  deny(key: Buffer): Promise<boolean>;
  /** Deletes at most `limit` expired requests; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}

/** Browsers in which a user code is typed. */
export interface DeviceVisitStore {
  insert(visit: DeviceVisit): Promise<void>;
  find(key: Buffer): Promise<DeviceVisit | undefined>;
  /**
   * Types a code: binds the visit to the waiting, unexpired device that has one of these digests, or unbinds it and counts
   * a wrong code. Look and count are one write, so that guesses at the same time are counted like any others. `undefined`
   * where there is no such visit, or it has seen `mostWrong` wrong codes: then no device was looked for.
   */
  enterCode(
    key: Buffer,
    userCodes: readonly Buffer[],
    now: Instant,
    mostWrong: number,
  ): Promise<DeviceVisit | undefined>;
  /** Deletes at most `limit` expired visits; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}
