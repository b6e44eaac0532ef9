import { mintHandle } from '../crypto/handle.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import type { Client } from '../model/client.js';
import {
  CONSENT_OPEN,
  type Flow,
  type FlowStage,
  type FlowStep,
  isAtConsent,
  LOGIN_OPEN,
  type LoginDecision,
} from '../model/flow.js';
import { OAuthError, type Rejection } from '../protocol/errors.js';
import { replaceQueryParams } from '../protocol/redirect-uri.js';
import { isStorableSubject, SUBJECT_CHARACTERS } from '../protocol/storable.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { alreadyUsed, keyOfChallenge, notThere } from './challenge.js';

/** What a login app says when it accepts; the rest of the decision is known here. */
export type LoginAnswer = Omit<LoginDecision, 'authenticatedAt'>;

/** What the generations of the wire see differently. */
export interface LoginPolicy {
  /** Whether a decision may be given anew. */
  readonly decisions: 'once' | 'again';
  /** Another subject than the remembered one: begin again with a fresh login, or refuse. */
  readonly otherSubject: 'login-again' | 'refused';
  /** Whether a challenge whose verifier was followed can still be read. */
  readonly used: 'readable' | 'conflict';
  /** A request whose remembered login was revoked meanwhile: it goes with it, or stays. */
  readonly revokedSession: 'gone' | 'stays';
}

export interface LoginOptions {
  readonly store: Pick<Store, 'flows' | 'clients' | 'sessions'>;
  readonly ring: SecretRing;
  readonly clock: Clock;
  readonly events: { loginAccepted(clientId: string): void; loginRejected(clientId: string, error: string): void };
}

export interface LoginInteractions {
  /** @throws OAuthError `Not Found`, `request_unauthorized` when it is over, `Conflict` when it was used and the policy says so. */
  get(challenge: string, policy: LoginPolicy): Promise<{ flow: Flow; client: Client }>;
  /** Where the browser goes next. @throws OAuthError as `get`, and for another subject or a second decision as the policy says. */
  accept(challenge: string, answer: LoginAnswer, policy: LoginPolicy): Promise<string>;
  reject(challenge: string, rejection: Rejection, policy: LoginPolicy): Promise<string>;
}

/** Until the flow is finished the login app may change its mind: somebody who goes back and logs in as another is that other. */
const AGAIN: readonly FlowStage[] = [...LOGIN_OPEN, ...CONSENT_OPEN];

export function createLoginInteractions({ store, ring, clock, events }: LoginOptions): LoginInteractions {
  const keyOf = (challenge: string) => keyOfChallenge('login_challenge', challenge, ring, clock.now());

  async function find(key: Buffer): Promise<Flow> {
    const flow = await store.flows.find(key);
    if (!flow) throw notThere();
    return flow;
  }

  /** The flow, unless it went with the session that it remembers. */
  async function findIn(key: Buffer, { revokedSession }: LoginPolicy): Promise<Flow> {
    const flow = await find(key);
    const { remembered, sessionId } = flow.request;
    if (revokedSession === 'gone' && remembered && !(await store.sessions.find(sessionId))) throw notThere();
    return flow;
  }

  const next = (flow: Flow) =>
    replaceQueryParams(flow.request.requestUrl, { login_verifier: mintHandle('login_verifier', flow.key, ring) });

  /** Writes the decision where the stage allows it; otherwise says why not. A finished flow stays as it is. */
  async function decide(key: Buffer, step: FlowStep, policy: LoginPolicy, subject?: string): Promise<Flow> {
    if (policy.revokedSession === 'gone') await findIn(key, policy);
    const from = policy.decisions === 'once' ? (['login_asked'] as const) : AGAIN;
    const flow = await store.flows.advance(key, from, step, subject);
    if (flow) return flow;
    const standing = await find(key);
    if (from.some((stage) => stage === standing.stage)) throw new OtherSubject(standing);
    if (policy.decisions === 'once')
      throw new OAuthError('Unable to insert or update resource because a resource with that value exists already');
    return standing;
  }

  return {
    async get(challenge, policy) {
      const flow = await findIn(keyOf(challenge), policy);
      if (policy.used === 'conflict' && isAtConsent(flow)) throw alreadyUsed('login');
      const client = await store.clients.find(flow.request.clientId);
      if (!client) throw notThere();
      return { flow, client };
    },

    async accept(challenge, answer, policy) {
      const key = keyOf(challenge);
      checkSubjects(answer);
      try {
        // Whole seconds, as ID tokens carry them; `effectiveLogin` puts the time of a remembered login in its place.
        const login: LoginDecision = { ...answer, authenticatedAt: Math.floor(clock.now() / 1000) * 1000 };
        const flow = await decide(key, { to: 'login_accepted', login }, policy, answer.subject);
        events.loginAccepted(flow.request.clientId);
        return next(flow);
      } catch (error) {
        if (!(error instanceof OtherSubject)) throw error;
        if (policy.otherSubject === 'login-again')
          return replaceQueryParams(error.flow.request.requestUrl, { prompt: 'login' });
        throw new OAuthError(
          'invalid_request',
          "The field 'subject' is not the subject that this browser is logged in as.",
        );
      }
    },

    async reject(challenge, rejection, policy) {
      const flow = await decide(keyOf(challenge), { to: 'login_rejected', rejection }, policy);
      events.loginRejected(flow.request.clientId, rejection.error);
      return next(flow);
    },
  };
}

function checkSubjects({ subject, forcedSubject }: LoginAnswer): void {
  if (subject === '') throw new OAuthError('invalid_request', "The field 'subject' must not be empty.");
  for (const [field, text] of [
    ['subject', subject],
    ['force_subject_identifier', forcedSubject],
  ] as const) {
    if (isStorableSubject(text)) continue;
    throw new OAuthError(
      'invalid_request',
      `The field '${field}' must have at most ${SUBJECT_CHARACTERS} characters, none of them U+0000.`,
    );
  }
}

/** The login app named somebody else than the browser's remembered login. */
class OtherSubject extends Error {
  readonly flow: Flow;
  constructor(flow: Flow) {
    super('another subject');
    this.flow = flow;
  }
}
