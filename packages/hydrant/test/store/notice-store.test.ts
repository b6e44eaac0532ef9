import { expect, test } from 'vitest';
import { forEachDialect, forEachSharedDialect, NOW } from './support/for-each-dialect.js';
import { aNotice, freshId } from './support/records.js';

forEachDialect('notice store', (stores) => {
  test('claims what is due, longest waiting first, for as long as was said', async () => {
    const store = await stores.open();
    const [second, first, later] = [
      aNotice({ createdAt: NOW - 1, dueAt: NOW - 1 }),
      aNotice({ createdAt: NOW - 2, dueAt: NOW - 2 }),
      aNotice({ dueAt: NOW + 1 }),
    ];
    await store.notices.insert([second, first, later]);
    await store.notices.insert([]);
    const until = NOW + 1000;
    expect(await store.notices.claim(NOW, until, 9)).toEqual(
      [first, second].map((notice) => ({ ...notice, dueAt: until })),
    );
    expect(await store.notices.claim(NOW, until, 9)).toEqual([]);
    expect(await store.notices.claim(NOW + 1, until, 9)).toEqual([{ ...later, dueAt: until }]);
    expect(await store.notices.claim(until, until + 1, 9)).toHaveLength(3);
  });

  test('claims no more than was asked for, the most overdue first', async () => {
    const store = await stores.open();
    const overdue = aNotice({ dueAt: NOW - 5 });
    await store.notices.insert([aNotice({ dueAt: NOW - 1 }), overdue]);
    expect((await store.notices.claim(NOW, NOW + 9, 1)).map(({ id }) => id)).toEqual([overdue.id]);
  });

  test('a delivered notice is gone, a failed one comes again', async () => {
    const store = await stores.open();
    const [delivered, failed] = [aNotice(), aNotice()];
    await store.notices.insert([delivered, failed]);
    await store.notices.claim(NOW, NOW + 9, 9);
    await store.notices.delete(delivered.id);
    await store.notices.delete(freshId());
    await store.notices.retry(failed.id, 1, NOW + 5);
    await store.notices.retry(delivered.id, 1, NOW + 5);
    expect(await store.notices.claim(NOW + 4, NOW + 99, 9)).toEqual([]);
    expect(await store.notices.claim(NOW + 5, NOW + 99, 9)).toEqual([{ ...failed, attempts: 1, dueAt: NOW + 99 }]);
  });

  test('notices are recorded all or none', async () => {
    const store = await stores.open();
    const notice = aNotice();
    await expect(store.notices.insert([notice, aNotice(), notice])).rejects.toThrow();
    expect(await store.notices.claim(NOW, NOW + 9, 9)).toEqual([]);
  });
});

forEachSharedDialect('notice store of two processes', (stores) => {
  test('no notice is claimed twice', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    await one.notices.insert(Array.from({ length: 40 }, () => aNotice()));
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, caller) => (caller % 2 ? one : other).notices.claim(NOW, NOW + 9, 3)),
    );
    const ids = claims.flat().map(({ id }) => id);
    expect(ids).toHaveLength(40);
    expect(new Set(ids).size).toBe(40);
  });
});
