import type { GrantDecision } from '../grants/grant.js';
import type { HookCall, TokenHooks } from '../model/token-hook.js';

/**
 * A grant's decision with what the operator's hooks say to it. They are asked where something new is issued: a repetition
 * is the same again, and what is refused anyway is none of their business.
 */
export async function consultHooks(
  hooks: TokenHooks | undefined,
  decision: GrantDecision,
  call: Omit<HookCall, 'grantee'>,
): Promise<GrantDecision> {
  if (!hooks) return decision;
  if (decision.kind === 'issue') {
    const { own } = decision;
    const claims = await hooks({ ...call, grantee: { own } });
    return claims ? { ...decision, own: { ...own, ext: claims.accessToken } } : decision;
  }
  if (decision.kind !== 'redeem' && decision.kind !== 'rotate') return decision;
  const { family } = decision;
  const hookClaims = await hooks({ ...call, grantee: { family } });
  return hookClaims ? { ...decision, family: { ...family, hookClaims }, hookClaims } : decision;
}
