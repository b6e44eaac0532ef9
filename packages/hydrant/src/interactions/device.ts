import { mintHandle } from '../crypto/handle.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import { userCodeDigests } from '../crypto/user-code.js';
import { OAuthError } from '../protocol/errors.js';
import { replaceQueryParams } from '../protocol/redirect-uri.js';
import type { Clock } from '../protocol/time.js';
import { normaliseUserCode, type UserCodeFormat } from '../protocol/user-code.js';
import type { DeviceStore, DeviceVisitStore } from '../store/index.js';
import { keyOfChallenge, notThere } from './challenge.js';
import { createGuessLimit } from './guess-limit.js';

export interface DeviceInteractionOptions {
  readonly store: {
    readonly devices: Pick<DeviceStore, 'find'>;
    readonly deviceVisits: Pick<DeviceVisitStore, 'enterCode' | 'find'>;
  };
  readonly ring: SecretRing;
  readonly clock: Clock;
  readonly userCodes: UserCodeFormat;
  /** How many wrong codes one challenge and, in a minute, this whole server may see (RFC 8628 §5.1). */
  readonly wrongCodes: { readonly perChallenge: number; readonly perMinute: number };
  readonly events: { userCodeAccepted(clientId: string): void; userCodeWrong(burned: boolean): void };
}

export interface DeviceInteractions {
  /**
   * Where the browser goes next when this code is one that a device shows. The same again for the same code.
   * @throws OAuthError `Not Found`, `request_unauthorized` when the challenge is over, `invalid_request` for a code that
   * is not waited for, 429 `temporarily_unavailable` where too many wrong ones came in.
   */
  accept(challenge: string, userCode: string): Promise<string>;
}

export function createDeviceInteractions(options: DeviceInteractionOptions): DeviceInteractions {
  const { store, ring, clock, userCodes, wrongCodes, events } = options;
  const limit = createGuessLimit(wrongCodes.perMinute);

  async function requestUrlAndDevice(key: Buffer, userCode: string): Promise<readonly [url: string, device: Buffer]> {
    const now = clock.now();
    // Taken before the look and given back after a right code: guesses at the same time count like any others.
    if (!limit.take(now))
      throw new OAuthError('temporarily_unavailable', 'Too many wrong codes were entered, please try again later.', {
        status: 429,
      });
    const digests = userCodeDigests(normaliseUserCode(userCode, userCodes), ring);
    const visit = await store.deviceVisits.enterCode(key, digests, now, wrongCodes.perChallenge);
    if (!visit) {
      limit.giveBack(now);
      throw (await store.deviceVisits.find(key)) ? burned() : notThere();
    }
    if (visit.deviceKey === null) {
      events.userCodeWrong(visit.wrongCodes >= wrongCodes.perChallenge);
      throw wrong();
    }
    limit.giveBack(now);
    return [visit.requestUrl, visit.deviceKey];
  }

  return {
    async accept(challenge, userCode) {
      const key = keyOfChallenge('device_challenge', challenge, ring, clock.now());
      const [requestUrl, deviceKey] = await requestUrlAndDevice(key, userCode);
      const device = await store.devices.find(deviceKey);
      if (!device) throw wrong();
      events.userCodeAccepted(device.clientId);
      return replaceQueryParams(requestUrl, {
        client_id: device.clientId,
        device_verifier: mintHandle('device_verifier', key, ring),
      });
    },
  };
}

/** One answer for unknown, expired, approved and denied: a guesser learns nothing from it. */
function wrong(): OAuthError {
  return new OAuthError(
    'invalid_request',
    'No device waits for this code: it was mistyped, has expired, or was used already.',
  );
}

function burned(): OAuthError {
  return new OAuthError('invalid_request', 'Too many wrong codes were entered here; open the page of the device anew.');
}
