import { readOpaque } from '../crypto/opaque-token.js';
import { afterPoll, DEVICE_GRANT } from '../model/device.js';
import { OAuthError } from '../protocol/errors.js';
import { defineGrant, type Grant } from './grant.js';
import { narrowed } from './narrowed.js';

/**
 * Device authorization grant: RFC 8628 §3.4 and §3.5. Unlike Hydra, a device hears that its person said no and that its
 * code has expired, instead of waiting for ever.
 */
export const deviceCode: Grant = defineGrant({
  type: DEVICE_GRANT,
  lifespans: 'device_authorization',

  async decide({ form, client, now, ring, store, rules }) {
    const code = form.get('device_code') ?? '';
    const reading = readOpaque('device_code', code, ring);
    if (reading.kind !== 'valid') throw unknown();
    if (reading.expiresAt !== null && reading.expiresAt <= now) throw new OAuthError('expired_token');
    const found = await store.devices.findWithFamily(reading.key);
    // The same answer as for a code that never was: whose it is concerns nobody else.
    if (!found || found.request.clientId !== client.id || found.request.requestedAt < client.bornAt) throw unknown();
    const { request, family } = found;
    if (request.stage === 'denied')
      throw new OAuthError('access_denied', 'The person refused to let the device in.', { status: 400 });
    if (request.stage === 'waiting') {
      const { polling, slowDown } = afterPoll(request.polling, now, { interval: rules.pollingInterval });
      const refusal = new OAuthError(slowDown ? 'slow_down' : 'authorization_pending');
      return { kind: 'wait', key: request.key, seen: request.polling, after: polling, refusal };
    }
    if (!family || family.endedAt !== null) throw revoked();
    // No theft, as it is with authorization codes: this one never went through a browser, and devices do ask again.
    if (family.codeSpentAt !== null) throw spent();
    return { kind: 'redeem', family, code, secondTime: spent(), ...narrowed(form, family.grantedAudience) };
  },
});

function unknown(): OAuthError {
  return new OAuthError('invalid_grant', 'The device code is unknown or malformed.');
}

function revoked(): OAuthError {
  return new OAuthError('invalid_grant', 'What the device was given has been revoked.');
}

function spent(): OAuthError {
  return new OAuthError('invalid_grant', 'The device code was used before.');
}
