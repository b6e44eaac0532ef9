import { expect } from 'vitest';
import { send } from '../../support/browser.js';
import { isActive, redeem, refresh } from '../../support/relying-party.js';
import type { Server, Traffic } from './traffic.js';

/**
 * Holds a server against what the clients were told: nothing acknowledged is missing, nothing that is good once is good
 * again, and nobody who only lost an answer is logged out. Uses up what the ledger has.
 */
export async function expectNothingLost(server: Server, { ledger, cast: { app, signer } }: Traffic): Promise<void> {
  const lost = [...ledger.violations];
  const note = (what: string, isLost: boolean) => {
    if (isLost) lost.push(what);
  };
  const each = async <T>(all: Iterable<T>, look: (one: T) => Promise<void>) => {
    const left = [...all];
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let one = left.pop(); one !== undefined; one = left.pop()) await look(one);
      }),
    );
  };

  await each(ledger.tokens, async (token) => note('an access token', !(await isActive(server, token))));
  await each(ledger.newest.values(), async (token) =>
    note('the newest access token', !(await isActive(server, token))),
  );
  await each(ledger.revoked, async (token) => note('that a token was revoked', await isActive(server, token)));
  await each(ledger.clients, async (id) =>
    note('a client', (await send(`${server.adminUrl}/admin/clients/${id}`)).status !== 200),
  );
  await each(ledger.consents, async (subject) => {
    const { text } = await send(`${server.adminUrl}/admin/oauth2/auth/sessions/consent?subject=${subject}`);
    note('a consent', !text.includes(app.id));
  });
  await each(ledger.chains, async (chain) => {
    const [before, last] = [chain.at(-2), chain.at(-1) ?? ''];
    const [again, next] = [before && (await refresh(server, app, before)), await refresh(server, app, last)];
    if (again) note('the successor of a refresh token', again.refreshToken !== last);
    note('a refresh token', next.status !== 200);
  });
  await each(ledger.redeemed, async ({ code, answer }) => {
    note('a token of a code', !(await isActive(server, answer.accessToken)));
    note('a refresh token of a code', !(await isActive(server, answer.refreshToken)));
    note('that a code was used', (await redeem(server, app, code)).status !== 400);
    note('that its tokens ended with the replay', await isActive(server, answer.accessToken));
  });
  await each(ledger.open, async (code) => {
    const both = await Promise.all([redeem(server, app, code), redeem(server, app, code)]);
    note('that a code is single-use', both.filter(({ status }) => status === 200).length > 1);
  });
  await each(ledger.assertions, async (assertion) =>
    note('that an assertion was used', (await signer.ask(assertion)).error !== 'jti_known'),
  );
  expect([...new Set(lost)], `${lost.length} in all`).toEqual([]);
  // A run in which nothing happened shows nothing.
  for (const kind of ['tokens', 'revoked', 'clients', 'consents', 'redeemed', 'assertions'] as const)
    expect(ledger[kind].length, kind).toBeGreaterThan(0);
  for (const chain of ledger.chains) expect(chain.length).toBeGreaterThan(1);
}
