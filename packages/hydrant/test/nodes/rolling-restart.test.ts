/**
 * Nodes that are restarted one after the other while requests keep coming. The load balancer retries nothing and learns of
 * a restart from the health check alone, so a request that a node dropped would be one that failed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { approveDevice, DEVICE_SETTINGS, givenDeviceClient, obtainCodes, poll } from '../support/device.js';
import { eventually } from '../support/eventually.js';
import {
  clientCredentials,
  givenClient,
  introspect,
  obtainTokens,
  refresh,
  type TestClient,
} from '../support/relying-party.js';
import type { Node } from '../support/round-robin.js';
import { type Cluster, describeOn, sharedCluster } from './cluster.js';
import { withoutGrace } from './single-use.suite.js';

/** Restarts of each node. */
const ROUNDS = Number(process.env.HYDRANT_RESTARTS ?? 1);
/** Loops of each kind. */
const LOOPS = 2;
/** As often as load balancers look, in milliseconds; the drain is long enough to be noticed by some. */
const CHECK_EVERY = 100;
const DRAIN = '1s';

const settings = {
  ...DEVICE_SETTINGS,
  SERVE_DRAIN: DRAIN,
  OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '0s',
};

describeOn('postgres', 'three nodes on PostgreSQL', () => {
  const { now } = sharedCluster({ place: 'postgres', count: 3, settings, checkEvery: CHECK_EVERY });
  test('lose no request to a rolling restart', () => rollingRestart(now()), 60_000 + ROUNDS * 60_000);
  withoutGrace(now, 50);
});

async function rollingRestart({ proxy, nodes, restart }: Cluster): Promise<void> {
  const [app, device] = [await givenClient(proxy), await givenDeviceClient(proxy)];
  const state = { over: false };
  const counts = new Map<string, number>();
  const working = load(proxy, app, device, state, counts);
  // Whoever fails ends the test, and not only at its end.
  await Promise.race([working, roll()]);
  state.over = true;
  await working;
  expect(proxy.failures).toEqual([]);
  expect([...counts.keys()].sort()).toEqual(['client credentials', 'device', 'flow', 'introspection', 'refresh']);
  if (process.env.HYDRANT_FIGURES) {
    const figures = { ...Object.fromEntries(counts), requests: proxy.served.length, failed: proxy.failures.length };
    console.log(`${ROUNDS * nodes.length} restarts:`, figures);
  }

  async function roll(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      for (let node = 0; node < nodes.length; node++) {
        expect(await restart(node)).toBe(0);
        await eventually('the node is in again', () => proxy.isIn(node));
        const from = proxy.served.length;
        await eventually('the node has work again', () => proxy.served.includes(node, from));
      }
    }
  }
}

/** Starts the loops; resolves when all have come to an end, and rejects with what the first of them met. */
async function load(
  proxy: Node,
  app: TestClient,
  device: TestClient,
  state: { over: boolean },
  counts: Map<string, number>,
): Promise<void> {
  const over = async (what: string, once: () => Promise<void>) => {
    while (!state.over) {
      await once();
      counts.set(what, (counts.get(what) ?? 0) + 1);
      await pause(10);
    }
  };
  const loops = Array.from({ length: LOOPS }, async () => {
    const { accessToken, refreshToken } = await obtainTokens(proxy, app);
    const chain = [refreshToken];
    const lasting = (await clientCredentials(proxy, app)).accessToken;
    expect(accessToken).not.toBe('');
    await Promise.all([
      over('client credentials', async () => expectSuccess(await clientCredentials(proxy, app))),
      over('introspection', async () => expect(await introspect(proxy, lasting)).toMatchObject({ active: true })),
      over('refresh', async () => {
        // Without grace: a lost answer, or a node that does not know the last one, would end the family.
        const answer = await refresh(proxy, app, chain.at(-1) ?? '');
        expectSuccess(answer);
        chain.push(answer.refreshToken);
      }),
      over('flow', async () => {
        const { accessToken: token } = await obtainTokens(proxy, app);
        expect((await send(`${proxy.publicUrl}/userinfo`, { bearer: token })).status).toBe(200);
      }),
    ]);
  });
  const devices = over('device', async () => {
    const codes = await obtainCodes(proxy, device);
    await approveDevice(proxy, codes);
    expectSuccess(await poll(proxy, device, codes));
  });
  await Promise.all([...loops, devices]);
}

function expectSuccess({ status, text }: { status: number; text: string }): void {
  if (status !== 200) throw new Error(`Refused: ${status} ${text}`);
}
