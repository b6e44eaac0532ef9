/** What every end of a flow has in common: the verifier that the consent app's answer carries. */
import { handleExpiry, readHandle } from '../crypto/handle.js';
import type { Flow } from '../model/flow.js';
import { OAuthError } from '../protocol/errors.js';
import { requireCsrf } from './csrf.js';
import type { AuthorizeOptions } from './options.js';
import { requireRecipient } from './recipient.js';
import { Refused } from './refused.js';
import type { AskedRequest, Visit } from './request.js';

/** A flow whose consent was given; `finished` where it is on its way to the grant. */
export type Accepted = Extract<Flow, { stage: 'consent_accepted' | 'finished' }>;

/** The key of the flow that this browser began. @throws OAuthError or Refused for whoever asked. */
export async function openConsent(verifier: string, visit: Visit, options: AuthorizeOptions): Promise<Buffer> {
  const now = options.clock.now();
  const key = readHandle('consent_verifier', verifier, options.ring);
  if (!key) throw unusable();
  if (handleExpiry(key) <= now)
    throw new OAuthError('request_unauthorized', 'Login and consent took too long, please try again.');
  try {
    requireCsrf('consent_csrf', key, visit, options);
  } catch (forbidden) {
    // A refusal, or that it is too late, is told in any browser.
    const flow = await options.store.flows.find(key);
    if (flow?.stage === 'consent_rejected' || flow?.stage === 'finished') explain(flow);
    throw forbidden;
  }
  return key;
}

/** The flow, if its consent was given to this client and to be answered here. @throws OAuthError otherwise. */
export function requireAccepted(flow: Flow, request: AskedRequest): Accepted {
  if (flow.stage !== 'consent_accepted' && flow.stage !== 'finished') throw unusable();
  if (flow.request.clientId !== request.client.id)
    throw new OAuthError('invalid_client', 'The consent was for another client.');
  requireRecipient(request, flow);
  return flow;
}

/** Says why a flow could not be finished. */
export function explain(flow: Flow | undefined): never {
  if (flow?.stage === 'consent_rejected') throw new Refused(flow.rejection);
  throw unusable();
}

function unusable(): OAuthError {
  return new OAuthError(
    'access_denied',
    'The consent verifier is unknown, was used already, or the consent was not given.',
  );
}
