import type { DeviceInteractions } from '../../interactions/index.js';
import { OAuthError } from '../../protocol/errors.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { readAcceptUserCode } from './decision-body.js';

/** The device app says which code the person typed; the answer says where to send their browser next (RFC 8628 §3.3). */
export const acceptUserCodeRequest: Endpoint<{ readonly device: DeviceInteractions }> = defineEndpoint({
  operation: 'acceptUserCodeRequest',
  method: 'PUT',
  path: '/admin/oauth2/auth/requests/device/accept',
  errors: 'service',
  badBody: 'invalid_request',

  async handle(ask, { device }) {
    const challenge = ask.query.get('device_challenge');
    if (!challenge) throw new OAuthError('invalid_request', "The query parameter 'device_challenge' is missing.");
    const { user_code: userCode } = readAcceptUserCode(ask);
    if (!userCode) throw new OAuthError('invalid_request', "The field 'user_code' must not be empty.");
    return json({ redirect_to: await device.accept(challenge, userCode) });
  },
});
