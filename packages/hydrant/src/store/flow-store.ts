import type { Flow, FlowStage, FlowStep } from '../model/flow.js';
import type { Token } from '../model/token.js';
import type { TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';

/** What a finished flow gives. */
export interface FlowGrant {
  readonly family: TokenFamily;
  /** When the family's row may go, its consent and tokens being over; `null` for never. */
  readonly keepUntil: Instant | null;
  /** Tokens of the implicit and hybrid flows; the code is part of the family. */
  readonly tokens: readonly Token[];
}

/** A flow with the consent that its person remembered for its client, if there is one. */
export interface FlowWithConsent {
  readonly flow: Flow;
  readonly remembered: TokenFamily | undefined;
}

/** Flows by their key, from the first visit to their expiry. */
export interface FlowStore {
  insert(flow: Flow): Promise<void>;
  find(key: Buffer): Promise<Flow | undefined>;
  /**
   * One look-up (a flow LEFT JOIN the newest remembered, not skipped, unexpired consent of the subject that the login
   * app named and the flow's client; same rule as `ConsentStore.remembered`).
   */
  findWithConsent(key: Buffer, now: Instant): Promise<FlowWithConsent | undefined>;
  /**
   * Takes a step if the flow is in one of the stages `from` (and, where `subject` is given, its remembered subject is
   * that one or none), and returns the flow after it. For each stage, exactly one of several callers gets a flow.
   */
  advance(key: Buffer, from: readonly FlowStage[], step: FlowStep, subject?: string): Promise<Flow | undefined>;
  /**
   * Finishes a flow in stage `consent_accepted` and stores what it gives, in one transaction. `grantOf` is called with
   * the flow inside of the transaction (so it is synchronous); what it throws rolls everything back and is thrown on.
   * Exactly one caller in any process is ever told `true`; everybody else has written nothing.
   */
  finish(key: Buffer, grantOf: (flow: Flow) => FlowGrant): Promise<boolean>;
  /**
   * As `finish`, for a device that still waits, which is approved in the same transaction. Of several flows for one device,
   * exactly one is ever told `true`.
   */
  finishForDevice(key: Buffer, deviceKey: Buffer, grantOf: (flow: Flow) => FlowGrant): Promise<boolean>;
  /** Deletes at most `limit` expired flows; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}
