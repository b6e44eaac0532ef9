import { expect, test } from 'vitest';
import type { Flow, Polling } from '../../src/model/index.js';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import {
  aCode,
  aDevice,
  aDeviceVisit,
  aFamily,
  type Finisher,
  givenAccepted,
  HOUR,
  handleKey,
  tokenKey,
} from './support/records.js';

const MOST = 3;

interface Approver extends Finisher {
  readonly flows: Finisher['flows'] & {
    finishForDevice(
      key: Buffer,
      device: Buffer,
      grantOf: (flow: Flow) => ReturnType<typeof grantFor>,
    ): Promise<boolean>;
  };
}

function grantFor(key: Buffer) {
  return {
    family: aFamily({ code: aCode({ key, redirectUri: null, pkce: null }) }),
    keepUntil: NOW + HOUR,
    tokens: [],
  };
}

/** A flow that goes all the way for this device; whether it won. */
async function approve(store: Approver, device: Buffer): Promise<boolean> {
  return store.flows.finishForDevice(await givenAccepted(store), device, () => grantFor(device));
}

forEachDialect('device store', (stores) => {
  test('a request comes back as it was stored', async () => {
    const store = await stores.open();
    const polling: Polling = { count: 3, lastAt: NOW + 1, early: 2 };
    const requests = [aDevice(), aDevice({ polling, stage: 'denied', clientId: 'ä|ö', requestedAudience: [] })];
    for (const request of requests) {
      expect(await store.devices.insert(request)).toBe(true);
      expect(await store.devices.find(request.key)).toEqual(request);
      expect(await store.devices.findWithFamily(request.key)).toEqual({ request, family: undefined });
    }
    expect(await store.devices.find(tokenKey())).toBeUndefined();
    expect(await store.devices.findWithFamily(tokenKey())).toBeUndefined();
  });

  test('a user code that is taken is not given twice', async () => {
    const store = await stores.open();
    const [first, second] = [aDevice(), aDevice()];
    await store.devices.insert(first);
    expect(await store.devices.insert({ ...second, userCode: first.userCode })).toBe(false);
    expect(await store.devices.find(second.key)).toBeUndefined();
    expect(await store.devices.find(first.key)).toEqual(first);
  });

  test('a poll is written down once for what was seen, and while the device waits', async () => {
    const store = await stores.open();
    const request = aDevice();
    await store.devices.insert(request);
    const after: Polling = { count: 1, lastAt: NOW, early: 0 };
    expect(await store.devices.poll(request.key, request.polling, after)).toBe(true);
    expect(await store.devices.find(request.key)).toEqual({ ...request, polling: after });
    expect(await store.devices.poll(request.key, request.polling, after)).toBe(false);
    await store.devices.deny(request.key);
    expect(await store.devices.poll(request.key, after, { count: 2, lastAt: NOW, early: 1 })).toBe(false);
    expect(await store.devices.find(request.key)).toEqual({ ...request, polling: after, stage: 'denied' });
  });

  test('an approved device brings its family, in one look-up', async () => {
    const statements: string[] = [];
    const store = await stores.open({ events: { statement: (name) => statements.push(name) } });
    const [request, bystander] = [aDevice(), aDevice()];
    await store.devices.insert(request);
    await store.devices.insert(bystander);
    const key = await givenAccepted(store);
    const grant = grantFor(request.key);
    const seen: Flow[] = [];
    const won = await store.flows.finishForDevice(key, request.key, (flow) => {
      seen.push(flow);
      return grant;
    });
    expect(won).toBe(true);
    expect(seen).toEqual([await store.flows.find(key)]);
    expect(seen[0]?.stage).toBe('finished');
    statements.length = 0;
    const approved = { ...request, stage: 'approved' };
    expect(await store.devices.findWithFamily(request.key)).toEqual({ request: approved, family: grant.family });
    expect(statements).toEqual(['device_request.find_with_family']);
    expect(await store.devices.find(bystander.key)).toEqual(bystander);
    await store.consents.revoke({ familyId: grant.family.id });
    expect(await store.devices.findWithFamily(request.key)).toEqual({ request: approved, family: undefined });
  });

  test('what is decided stays decided', async () => {
    const store = await stores.open();
    const [approved, denied] = [aDevice(), aDevice()];
    await store.devices.insert(approved);
    await store.devices.insert(denied);
    expect(await approve(store, approved.key)).toBe(true);
    expect(await store.devices.deny(approved.key)).toBe(false);
    expect(await approve(store, approved.key)).toBe(false);
    expect(await store.devices.deny(denied.key)).toBe(true);
    expect(await store.devices.deny(denied.key)).toBe(false);
    expect(await approve(store, denied.key)).toBe(false);
    expect((await store.devices.findWithFamily(denied.key))?.family).toBeUndefined();
  });

  test('a flow that has no device to finish for, or is not accepted, stays as it is', async () => {
    const store = await stores.open();
    const device = aDevice();
    await store.devices.insert(device);
    const key = await givenAccepted(store);
    const asked = () => {
      throw new Error('asked');
    };
    expect(await store.flows.finishForDevice(key, tokenKey(), asked)).toBe(false);
    expect((await store.flows.find(key))?.stage).toBe('consent_accepted');
    expect(await store.flows.finishForDevice(handleKey(), device.key, asked)).toBe(false);
    await expect(store.flows.finishForDevice(key, device.key, asked)).rejects.toThrow('asked');
    expect(await store.devices.find(device.key)).toEqual(device);
  });

  test('a visit comes back as it was stored', async () => {
    const store = await stores.open();
    const visits = [aDeviceVisit(), aDeviceVisit({ deviceKey: tokenKey(), wrongCodes: 2 })];
    for (const visit of visits) {
      await store.deviceVisits.insert(visit);
      expect(await store.deviceVisits.find(visit.key)).toEqual(visit);
    }
    expect(await store.deviceVisits.find(handleKey())).toBeUndefined();
  });

  test('the right code binds, under any of the secrets; a wrong one unbinds and counts', async () => {
    const store = await stores.open();
    const [device, visit] = [aDevice(), aDeviceVisit()];
    await store.devices.insert(device);
    await store.deviceVisits.insert(visit);
    const { enterCode } = store.deviceVisits;
    const bound = { ...visit, deviceKey: device.key };
    expect(await enterCode(visit.key, [device.userCode], NOW, MOST)).toEqual(bound);
    expect(await enterCode(visit.key, [Buffer.alloc(32), device.userCode], NOW, MOST)).toEqual(bound);
    expect(await enterCode(visit.key, [Buffer.alloc(32)], NOW, MOST)).toEqual({ ...visit, wrongCodes: 1 });
    expect(await store.deviceVisits.find(visit.key)).toEqual({ ...visit, wrongCodes: 1 });
    expect(await enterCode(handleKey(), [device.userCode], NOW, MOST)).toBeUndefined();
  });

  test('after the last wrong code not even the right one is looked for', async () => {
    const store = await stores.open();
    const [device, visit] = [aDevice(), aDeviceVisit({ wrongCodes: MOST - 1 })];
    await store.devices.insert(device);
    await store.deviceVisits.insert(visit);
    expect(await store.deviceVisits.enterCode(visit.key, [Buffer.alloc(32)], NOW, MOST)).toMatchObject({
      wrongCodes: MOST,
    });
    expect(await store.deviceVisits.enterCode(visit.key, [device.userCode], NOW, MOST)).toBeUndefined();
    expect((await store.deviceVisits.find(visit.key))?.deviceKey).toBeNull();
  });

  test('the code of a device that is decided or expired is a wrong one', async () => {
    const store = await stores.open();
    const dead = [
      aDevice({ stage: 'approved' }),
      aDevice({ stage: 'denied' }),
      aDevice({ key: tokenKey(NOW - 250) }),
      aDevice({ key: tokenKey(NOW - HOUR) }),
    ];
    const alive = aDevice({ key: tokenKey(NOW + 750) });
    const visit = aDeviceVisit();
    await store.deviceVisits.insert(visit);
    for (const device of [...dead, alive]) await store.devices.insert(device);
    for (const { userCode } of dead)
      expect((await store.deviceVisits.enterCode(visit.key, [userCode], NOW, 99))?.deviceKey).toBeNull();
    expect(await store.deviceVisits.enterCode(visit.key, [alive.userCode], NOW, 99)).toMatchObject({
      deviceKey: alive.key,
      wrongCodes: dead.length,
    });
  });

  test('flushes what has expired, in bounded batches, and nothing else', async () => {
    const store = await stores.open();
    for (const age of [250, 1000, 2000]) {
      await store.devices.insert(aDevice({ key: tokenKey(NOW - age) }));
      await store.deviceVisits.insert(aDeviceVisit({ key: handleKey(NOW - age) }));
    }
    const [device, visit] = [aDevice({ key: tokenKey(NOW + 750) }), aDeviceVisit({ key: handleKey(NOW + 750) })];
    await store.devices.insert(device);
    await store.deviceVisits.insert(visit);
    for (const table of [store.devices, store.deviceVisits])
      expect([await table.flush(NOW, 2), await table.flush(NOW, 2), await table.flush(NOW, 2)]).toEqual([2, 1, 0]);
    expect(await store.devices.find(device.key)).toEqual(device);
    expect(await store.deviceVisits.find(visit.key)).toEqual(visit);
  });
});

forEachSharedDialect('device store of two processes', (stores) => {
  test('one of fifty flows gets the device, and only its family is stored', async () => {
    const both = [await stores.open(), await stores.open()] as const;
    const device = aDevice();
    await both[0].devices.insert(device);
    expect(await race(both, 50, (store) => approve(store, device.key))).toBe(1);
    const found = await both[1].devices.findWithFamily(device.key);
    expect(found?.request.stage).toBe('approved');
    expect(await race(both, 50, (store) => store.families.redeem(found?.family?.id ?? '', NOW, [], NOW + HOUR))).toBe(
      1,
    );
  });

  test('of fifty guesses at once no more are looked at than are allowed', async () => {
    const both = [await stores.open(), await stores.open()] as const;
    const visit = aDeviceVisit();
    await both[0].deviceVisits.insert(visit);
    const guess = (store: (typeof both)[0]) => store.deviceVisits.enterCode(visit.key, [Buffer.alloc(32)], NOW, MOST);
    expect(await race(both, 50, guess)).toBe(MOST);
    expect(await both[1].deviceVisits.find(visit.key)).toEqual({ ...visit, wrongCodes: MOST });
  });

  test('one of fifty polls that saw the same is written down', async () => {
    const both = [await stores.open(), await stores.open()] as const;
    const device = aDevice();
    await both[0].devices.insert(device);
    const after = { count: 1, lastAt: NOW, early: 0 };
    expect(await race(both, 50, (store) => store.devices.poll(device.key, device.polling, after))).toBe(1);
  });
});
