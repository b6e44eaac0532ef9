import type { DeviceOutcome } from '../../device/index.js';
import { reportOf } from '../../protocol/errors.js';
import { expiredCsrfCookies } from '../cookies.js';
import { type Answer, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { browserOf, sessionLines, toApp } from './authorization.js';
import type { PublicDeps } from './deps.js';

type Deps = Pick<PublicDeps, 'deviceVerification' | 'cookies' | 'exposeDebug'>;

/** Where a person's browser comes to with the code of a device, and back from the apps (RFC 8628 §3.3). */
export const deviceVerification: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'performOAuth2DeviceVerificationFlow',
  method: 'GET',
  path: '/oauth2/device/verify',
  errors: 'service',
  cors: false,

  async handle(ask, deps) {
    const visit = browserOf(ask, ask.query, deps.cookies);
    return answer(await deps.deviceVerification.visit(visit, ask.rawQuery), deps);
  },
});

function answer(outcome: DeviceOutcome, { cookies, exposeDebug }: Deps): Answer {
  if (outcome.kind === 'app') return toApp(outcome, cookies);
  if (outcome.kind === 'done') return redirect(outcome.url, 302, expiredCsrfCookies(outcome.finished, cookies));
  const { refusal, session } = outcome;
  const { error, description } = reportOf(refusal, exposeDebug);
  return {
    // An app may give any status with its refusal; it stays a refusal.
    status: refusal.status >= 400 && refusal.status < 600 ? refusal.status : 400,
    text: { type: 'application/json', body: `${JSON.stringify({ error, error_description: description })}\n` },
    cookies: sessionLines(session, cookies),
  };
}
