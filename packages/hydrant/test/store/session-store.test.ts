import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachDialect, NOW } from './support/for-each-dialect.js';
import { aSession, freshId } from './support/records.js';
import { anyText } from './support/texts.js';

forEachDialect('session store', (stores) => {
  test('a session comes back as it was stored, whatever its texts hold', async () => {
    const store = await stores.open();
    const text = anyText(20);
    await fc.assert(
      fc.asyncProperty(text, text, async (subject, identityProviderSession) => {
        const session = aSession({ subject, identityProviderSession });
        await store.sessions.save(session);
        expect(await store.sessions.find(session.id)).toEqual(session);
      }),
      { numRuns: 40 },
    );
  });

  test('saving again replaces it', async () => {
    const store = await stores.open();
    const session = aSession();
    await store.sessions.save(session);
    const extended = {
      ...session,
      subject: 'bob',
      expiresAt: NOW + 9,
      authenticatedAt: NOW + 1,
      identityProviderSession: 'x',
    };
    await store.sessions.save(extended);
    expect(await store.sessions.find(session.id)).toEqual(extended);
  });

  test('a session can take the place of another, or its own', async () => {
    const store = await stores.open();
    const [old, bystander, fresh] = [aSession(), aSession(), aSession()];
    await store.sessions.save(old);
    await store.sessions.save(bystander);
    await store.sessions.save(fresh, old.id);
    expect(await store.sessions.find(old.id)).toBeUndefined();
    expect(await store.sessions.find(bystander.id)).toEqual(bystander);
    await store.sessions.save(fresh, fresh.id);
    expect(await store.sessions.find(fresh.id)).toEqual(fresh);
  });

  test('deletes one, or all of a person', async () => {
    const store = await stores.open();
    const [first, second, third, others] = [aSession(), aSession(), aSession(), aSession({ subject: 'bob' })];
    for (const session of [first, second, third, others]) await store.sessions.save(session);
    expect(await store.sessions.delete(first.id)).toBe(true);
    expect(await store.sessions.delete(first.id)).toBe(false);
    expect(await store.sessions.deleteOfSubject('alice')).toBe(2);
    expect(await store.sessions.deleteOfSubject('alice')).toBe(0);
    expect(await store.sessions.find(others.id)).toEqual(others);
    expect(await store.sessions.find(freshId())).toBeUndefined();
  });

  test('an expired session is found until it is flushed, in bounded batches', async () => {
    const store = await stores.open();
    const dead = [aSession({ expiresAt: NOW - 1 }), aSession({ expiresAt: NOW - 2 }), aSession({ expiresAt: NOW - 3 })];
    const alive = aSession({ expiresAt: NOW + 1 });
    for (const session of [alive, ...dead]) await store.sessions.save(session);
    for (const session of dead) expect(await store.sessions.find(session.id)).toEqual(session);
    expect(await store.sessions.flush(NOW, 2)).toBe(2);
    expect(await store.sessions.flush(NOW, 2)).toBe(1);
    expect(await store.sessions.flush(NOW, 2)).toBe(0);
    expect(await store.sessions.find(alive.id)).toEqual(alive);
  });
});
