import { expect, test } from 'vitest';
import { mintHandle, newHandleKey } from '../crypto/handle.js';
import { systemRandom } from '../crypto/random.js';
import { createSecretRing } from '../crypto/secret-ring.js';
import { userCodeDigests } from '../crypto/user-code.js';
import { type DeviceRequest, type DeviceVisit, NOT_POLLED } from '../model/device.js';
import { USER_CODE_PRESETS } from '../protocol/user-code.js';
import { createDeviceInteractions } from './device.js';

const NOW = 1_900_000_000_000;
const MINUTE = 60_000;
const ring = createSecretRing(['the secret that signs', 'an older secret']);
const older = createSecretRing(['an older secret']);

/** One device with the code ABCDEFGH, stored under the older secret, and as many visits as are asked for. */
function given(perMinute: number) {
  let now = NOW;
  const device: DeviceRequest = {
    key: Buffer.from('the device'),
    userCode: userCodeDigests('ABCDEFGH', older)[0],
    stage: 'waiting',
    clientId: 'tv',
    requestedAt: NOW,
    requestedScope: [],
    requestedAudience: [],
    polling: NOT_POLLED,
  };
  const told: string[] = [];
  let looks = 0;
  const interactions = createDeviceInteractions({
    store: {
      devices: { find: async () => device },
      deviceVisits: {
        find: async () => undefined,
        enterCode: async (key, digests): Promise<DeviceVisit> => {
          looks += 1;
          const right = digests.some((digest) => digest.equals(device.userCode));
          return {
            key,
            requestUrl: 'https://as/verify',
            deviceKey: right ? device.key : null,
            wrongCodes: right ? 0 : 1,
          };
        },
      },
    },
    ring,
    clock: { now: () => now },
    userCodes: USER_CODE_PRESETS.medium,
    wrongCodes: { perChallenge: 1, perMinute },
    events: {
      userCodeAccepted: (clientId) => told.push(`accepted ${clientId}`),
      userCodeWrong: (burned) => told.push(`wrong ${burned}`),
    },
  });
  const accept = (code: string) =>
    interactions.accept(mintHandle('device_challenge', newHandleKey(now + MINUTE, systemRandom), ring), code);
  const wait = (time: number) => {
    now += time;
  };
  return { accept, told, looks: () => looks, wait };
}

test('a code that was stored under an older secret is found, however it is typed', async () => {
  const { accept, told } = given(10);
  expect(await accept('abcd-efgh')).toMatch(/^https:\/\/as\/verify\?client_id=tv&device_verifier=[\w-]{43}$/);
  expect(told).toEqual(['accepted tv']);
});

test('over all challenges, so many wrong codes a minute and no more, right ones not counted', async () => {
  const { accept, told, looks, wait } = given(3);
  for (let right = 0; right < 9; right++) await accept('ABCDEFGH');
  const outcomes = await Promise.allSettled(Array.from({ length: 9 }, () => accept('WRONG')));
  const statusOf = (one: PromiseSettledResult<string>) => (one.status === 'rejected' ? one.reason.status : 200);
  expect(outcomes.map(statusOf)).toEqual([400, 400, 400, 429, 429, 429, 429, 429, 429]);
  expect(looks()).toBe(12);
  expect(told.filter((what) => what.startsWith('wrong'))).toEqual(Array(3).fill('wrong true'));
  await expect(accept('ABCDEFGH')).rejects.toMatchObject({ code: 'temporarily_unavailable', status: 429 });
  wait(MINUTE);
  expect(await accept('ABCDEFGH')).toContain('device_verifier');
});
