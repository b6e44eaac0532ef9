import { explain, openConsent, requireAccepted } from '../authorize/consent-verifier.js';
import { familyOf, keepUntil } from '../authorize/family.js';
import { flowName } from '../authorize/flow-name.js';
import type { AuthorizeOptions, Visit } from '../authorize/index.js';
import type { AskedRequest } from '../authorize/request.js';
import { subjectAt } from '../authorize/subject.js';
import { keyExpiry } from '../crypto/opaque-token.js';
import { OAuthError } from '../protocol/errors.js';
import { withQuery } from '../protocol/redirect-uri.js';
import type { DeviceOutcome, DeviceVerificationOptions } from './verify.js';

/**
 * The consent app has spoken: finishes the flow, once, and leaves what was granted where the device's next poll finds it.
 * @throws OAuthError or Refused.
 */
export async function approve(
  request: AskedRequest,
  verifier: string,
  visit: Visit,
  options: AuthorizeOptions & Pick<DeviceVerificationOptions, 'deviceUrls'>,
): Promise<DeviceOutcome> {
  const { flows } = options.store;
  const key = await openConsent(verifier, visit, options);
  const found = await flows.find(key);
  if (found?.stage !== 'consent_accepted') return explain(found);
  const flow = requireAccepted(found, request);
  const deviceKey = Buffer.from(flow.request.device ?? '', 'base64url');
  const expiresAt = keyExpiry(deviceKey) ?? 0;
  if (expiresAt <= options.clock.now())
    throw new OAuthError('request_unauthorized', 'The code of the device has expired; begin anew at the device.');

  const subject = await subjectAt(request.client, flow.login.subject, flow.login.forcedSubject, options);
  const code = { key: deviceKey, expiresAt, redirectUri: null, pkce: null, hybrid: false };
  const family = familyOf(flow, { nonce: '', code }, subject);
  const grant = { family, keepUntil: keepUntil(family, expiresAt), tokens: [] };
  if (!(await flows.finishForDevice(key, deviceKey, () => grant)))
    throw new OAuthError('access_denied', 'The device was let in or refused already; begin anew at the device.');
  options.events.flowFinished(request.client.id, family.id);
  return {
    kind: 'done',
    url: withQuery(options.deviceUrls.done, { client_id: request.client.id }),
    finished: flowName(key),
  };
}
