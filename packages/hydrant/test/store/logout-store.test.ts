import { expect, test } from 'vitest';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import { aLogout, aNotice, aSession, handleKey } from './support/records.js';

forEachDialect('logout store', (stores) => {
  test('a request comes back as it was stored', async () => {
    const store = await stores.open();
    const requests = [
      aLogout(),
      aLogout({ clientId: null, rpInitiated: false, subject: 'ä|ö\u0000', stage: 'rejected' }),
    ];
    for (const request of requests) {
      await store.logouts.insert(request);
      expect(await store.logouts.find(request.key)).toEqual(request);
    }
    expect(await store.logouts.find(handleKey())).toBeUndefined();
  });

  test('moves from the stages that are named, and from no other', async () => {
    const store = await stores.open();
    const request = aLogout();
    await store.logouts.insert(request);
    expect(await store.logouts.advance(request.key, ['accepted'], 'completed')).toBeUndefined();
    expect(await store.logouts.advance(request.key, [], 'completed')).toBeUndefined();
    const accepted = { ...request, stage: 'accepted' };
    expect(await store.logouts.advance(request.key, ['asked', 'accepted'], 'accepted')).toEqual(accepted);
    expect(await store.logouts.advance(request.key, ['asked', 'accepted'], 'accepted')).toEqual(accepted);
    expect(await store.logouts.advance(request.key, ['asked', 'accepted'], 'rejected')).toEqual({
      ...request,
      stage: 'rejected',
    });
    expect(await store.logouts.advance(handleKey(), ['asked'], 'accepted')).toBeUndefined();
  });

  test('completing ends the session and records what is owed, once', async () => {
    const store = await stores.open();
    const [session, bystander, notice] = [aSession(), aSession(), aNotice()];
    await store.sessions.save(session);
    await store.sessions.save(bystander);
    const request = aLogout({ stage: 'accepted', sessionId: session.id });
    await store.logouts.insert(request);
    expect(await store.logouts.complete(request.key, session.id, [notice])).toBe(true);
    expect(await store.logouts.find(request.key)).toEqual({ ...request, stage: 'completed' });
    expect(await store.sessions.find(session.id)).toBeUndefined();
    expect(await store.sessions.find(bystander.id)).toEqual(bystander);
    expect(await store.logouts.complete(request.key, bystander.id, [aNotice()])).toBe(false);
    expect(await store.sessions.find(bystander.id)).toEqual(bystander);
    expect(await store.notices.claim(NOW, NOW + 60, 9)).toEqual([{ ...notice, dueAt: NOW + 60 }]);
  });

  test('a logout that was not accepted ends nothing', async () => {
    const store = await stores.open();
    const session = aSession();
    await store.sessions.save(session);
    const request = aLogout({ sessionId: session.id });
    await store.logouts.insert(request);
    expect(await store.logouts.complete(request.key, session.id, [])).toBe(false);
    expect(await store.sessions.find(session.id)).toEqual(session);
  });

  test('a notice that cannot be recorded leaves the logout accepted and the session alive', async () => {
    const store = await stores.open();
    const [session, notice] = [aSession(), aNotice()];
    await store.sessions.save(session);
    await store.notices.insert([notice]);
    const request = aLogout({ stage: 'accepted' });
    await store.logouts.insert(request);
    await expect(store.logouts.complete(request.key, session.id, [aNotice(), notice])).rejects.toThrow();
    expect(await store.logouts.find(request.key)).toEqual(request);
    expect(await store.sessions.find(session.id)).toEqual(session);
  });

  test('flushes what has expired, in bounded batches', async () => {
    const store = await stores.open();
    for (const age of [1, 2, 3]) await store.logouts.insert(aLogout({ key: handleKey(NOW - age * 1000) }));
    const alive = aLogout();
    await store.logouts.insert(alive);
    expect(await store.logouts.flush(NOW, 2)).toBe(2);
    expect(await store.logouts.flush(NOW, 2)).toBe(1);
    expect(await store.logouts.flush(NOW, 2)).toBe(0);
    expect(await store.logouts.find(alive.key)).toEqual(alive);
  });
});

forEachSharedDialect('logout store of two processes', (stores) => {
  test('one of fifty completes a logout', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const request = aLogout({ stage: 'accepted' });
    await one.logouts.insert(request);
    expect(await race([one, other], 50, (store) => store.logouts.complete(request.key, 'session', [aNotice()]))).toBe(
      1,
    );
    expect(await other.notices.claim(NOW, NOW + 1, 99)).toHaveLength(1);
  });
});
