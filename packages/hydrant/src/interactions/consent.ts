import { mintHandle } from '../crypto/handle.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Client } from '../model/client.js';
import { CONSENT_OPEN, type ConsentDecision, type FlowAtConsent, type FlowStep, isAtConsent } from '../model/flow.js';
import type { Rejection } from '../protocol/errors.js';
import { replaceQueryParams } from '../protocol/redirect-uri.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { alreadyUsed, keyOfChallenge, notThere } from './challenge.js';

/** What a consent app says when it accepts. */
export type ConsentAnswer = Omit<ConsentDecision, 'handledAt'>;

export interface ConsentPolicy {
  readonly used: 'readable' | 'conflict';
}

export interface ConsentOptions {
  readonly store: Pick<Store, 'flows' | 'clients'>;
  readonly ring: SecretRing;
  readonly clock: Clock;
  readonly events: { consentAccepted(clientId: string): void; consentRejected(clientId: string, error: string): void };
}

export interface ConsentInteractions {
  /** @throws OAuthError `Not Found`, `request_unauthorized` when it is over, `Conflict` when it was used and the policy says so. */
  get(
    challenge: string,
    policy: ConsentPolicy,
  ): Promise<{ flow: FlowAtConsent; client: Client; loginChallenge: string }>;
  /** Where the browser goes next. The last word before the browser is back counts; after that nothing changes. */
  accept(challenge: string, answer: ConsentAnswer): Promise<string>;
  reject(challenge: string, rejection: Rejection): Promise<string>;
}

export function createConsentInteractions({ store, ring, clock, events }: ConsentOptions): ConsentInteractions {
  const keyOf = (challenge: string) => keyOfChallenge('consent_challenge', challenge, ring, clock.now());

  async function find(key: Buffer): Promise<FlowAtConsent> {
    const flow = await store.flows.find(key);
    if (!flow || !isAtConsent(flow)) throw notThere();
    return flow;
  }

  async function decide(key: Buffer, step: FlowStep): Promise<{ next: string; clientId: string }> {
    const flow = (await store.flows.advance(key, CONSENT_OPEN, step)) ?? (await find(key));
    const next = replaceQueryParams(flow.request.requestUrl, {
      consent_verifier: mintHandle('consent_verifier', key, ring),
    });
    return { next, clientId: flow.request.clientId };
  }

  return {
    async get(challenge, policy) {
      const flow = await find(keyOf(challenge));
      if (policy.used === 'conflict' && flow.stage === 'finished') throw alreadyUsed('consent');
      const client = await store.clients.find(flow.request.clientId);
      if (!client) throw notThere();
      return { flow, client, loginChallenge: mintHandle('login_challenge', flow.key, ring) };
    },

    async accept(challenge, answer) {
      const { next, clientId } = await decide(keyOf(challenge), {
        to: 'consent_accepted',
        consent: { ...answer, handledAt: clock.now() },
      });
      events.consentAccepted(clientId);
      return next;
    },

    async reject(challenge, rejection) {
      const { next, clientId } = await decide(keyOf(challenge), { to: 'consent_rejected', rejection });
      events.consentRejected(clientId, rejection.error);
      return next;
    },
  };
}
