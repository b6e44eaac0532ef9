import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, statement } from '../driver.js';
import { rowMemory } from './row-memory.js';

const find = statement('t.find', 'SELECT …', { remembered: { tables: ['t', 'f'], group: 'family' } });
const change = statement('t.change', 'UPDATE …', { forgets: { what: 'row', parameter: 1 } });
const end = statement('f.end', 'UPDATE …', { forgets: { what: 'group', parameter: 0 } });
const sweep = statement('f.sweep', 'DELETE …');
const harmless = statement('t.flush', 'DELETE …', { forgets: { what: 'nothing' } });
const other = statement('x.change', 'UPDATE …');

test('a memory never answers otherwise than the table, whatever is written in between', () => {
  const key = fc.integer({ min: 0, max: 7 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('find' as const), key }),
    fc.record({ kind: fc.constant('change' as const), key }),
    fc.record({ kind: fc.constant('end' as const), key: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ kind: fc.constantFrom('sweep' as const, 'other' as const, 'clear' as const), key }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = rowMemory(4);
      const table = Array.from({ length: 8 }, (_, id) => ({
        id,
        family: id === 7 ? null : String(id % 3),
        version: 0,
      }));
      for (const { kind, key } of steps) {
        const own = table[key];
        if (kind === 'find' && own) {
          const asked = call(find, Buffer.from([key]));
          const known = memory.find(asked);
          if (known) expect(known).toEqual([own]);
          else memory.keep(asked, [{ ...own }]);
        } else if (kind === 'change' && own) {
          own.version += 1;
          memory.wrote(call(change, 'x', Buffer.from([key])));
        } else if (kind === 'end') {
          for (const row of table) if (row.family === String(key)) row.version += 1;
          memory.wrote(call(end, String(key)));
        } else if (kind === 'sweep' || kind === 'clear') {
          for (const row of table) row.version += 1;
          if (kind === 'sweep') memory.wrote(call(sweep, 1));
          else memory.clear();
        } else for (const none of [other, harmless]) memory.wrote(call(none, Buffer.from([key])));
      }
    }),
  );
});

test('what was found is found again, the least used goes first, and an absent row is not remembered', () => {
  const memory = rowMemory(2);
  const [one, two, three] = [1, 2, 3].map((id) => call(find, Buffer.from([id])));
  if (!one || !two || !three) throw new Error('There are three.');
  memory.keep(one, [{ family: 'a' }]);
  expect(memory.find(one)).toBeUndefined();
  for (const asked of [one, two, two]) memory.keep(asked, [{ family: 'a' }]);
  expect(memory.find(one)).toEqual([{ family: 'a' }]);
  for (let time = 0; time < 2; time += 1) memory.keep(three, [{ family: null }]);
  expect([one, two, three].map((asked) => memory.find(asked) !== undefined)).toEqual([true, false, true]);
  for (let time = 0; time < 2; time += 1) memory.keep(two, []);
  expect(memory.find(two)).toBeUndefined();
});
