import { checkChallenge } from '../../protocol/pkce.js';
import { param } from '../request.js';
import type { LateCheck } from './check.js';

/** RFC 7636 §4.3, RFC 9700 §2.1.1: S256, and demanded where the settings say so. */
export const checkPkce: LateCheck = (request, rules) => {
  if (request.responseTypes.includes('code')) challengeOf(request, rules);
};

/** The challenge of a request for a code. `plain` hides nothing (RFC 9700 §2.1.1), so it is the operator's to allow. */
export function challengeOf(
  request: Parameters<LateCheck>[0],
  rules: Parameters<LateCheck>[1],
): ReturnType<typeof checkChallenge> {
  return checkChallenge(
    {
      code_challenge: param(request, 'code_challenge'),
      code_challenge_method: param(request, 'code_challenge_method'),
    },
    { required: rules.pkceRequired(request.client), allowPlain: rules.plainPkce },
  );
}
