/** No edge case of the contract's list goes without a test: each of the hundred numbers is in a title, in its section. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The last number of each section of §14. */
const SECTIONS = [
  ['14.1', 9],
  ['14.2', 25],
  ['14.3', 38],
  ['14.4', 44],
  ['14.5', 52],
  ['14.6', 77],
  ['14.7', 88],
  ['14.8', 100],
] as const;

test('each of the hundred edge cases of the admin contract has a test', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test.ts'));
  const titles = files.flatMap((name) =>
    [...readFileSync(new URL(name, import.meta.url), 'utf8').matchAll(/'(14\.\d) #(\d+) [^']+'/g)].map(
      ([, section, number]) => `${section} #${number}`,
    ),
  );
  let from = 0;
  const wanted = SECTIONS.flatMap(([section, last]) => {
    const numbers = Array.from({ length: last - from }, (_, n) => `${section} #${from + n + 1}`);
    from = last;
    return numbers;
  });
  expect(wanted).toHaveLength(100);
  expect([...new Set(titles)].toSorted()).toEqual(wanted.toSorted());
});
