import { type ConsentDecision, effectiveLogin } from '../model/flow.js';
import { keptFor, type TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';
import type { Accepted } from './consent-verifier.js';

/** What a flow becomes: everything its tokens will share. */
export function familyOf(
  flow: Accepted,
  { nonce, code }: Pick<TokenFamily, 'nonce' | 'code'>,
  publicSubject: string,
): TokenFamily {
  const { consent, request: asked } = flow;
  const login = effectiveLogin(flow, flow.login);
  return {
    id: asked.familyId,
    clientId: asked.clientId,
    subject: login.subject,
    publicSubject,
    sessionId: asked.sessionId,
    grantedScope: consent.grantedScope,
    grantedAudience: consent.grantedAudience,
    claims: consent.session,
    // Hydra: "0" says that none of the asked-for classes was reached (OpenID Connect Core §2, `acr`).
    acr: login.acr || (asked.oidcContext?.acr_values ? '0' : ''),
    amr: login.amr,
    nonce,
    authenticatedAt: login.authenticatedAt,
    requestedAt: asked.requestedAt,
    code,
    codeSpentAt: null,
    consent: {
      skipped: flow.consentSkip,
      remember: consent.remember,
      rememberFor: consent.rememberFor,
      until: rememberedUntil(consent, asked.requestedAt),
      handledAt: consent.handledAt,
      context: consent.context ?? flow.login.context,
      requestedScope: asked.requestedScope,
      requestedAudience: asked.requestedAudience,
      requestUrl: asked.requestUrl,
      oidcContext: asked.oidcContext,
      flowKey: flow.key,
    },
    endedAt: null,
  };
}

function rememberedUntil(consent: ConsentDecision, requestedAt: Instant): Instant | null {
  return consent.remember && consent.rememberFor > 0 ? requestedAt + consent.rememberFor * 1000 : null;
}

/** A remembered consent outlives its tokens; any other goes with them. */
export function keepUntil(family: TokenFamily, tokensUntil: Instant): Instant | null {
  const until = keptFor(family, family.requestedAt, tokensUntil);
  if (!family.consent?.remember || family.consent.skipped) return until;
  return family.consent.until === null ? null : Math.max(until, family.consent.until);
}
