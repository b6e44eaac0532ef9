/**
 * The table in README.md: which test file holds which numbered edge case of the contract. It is made from the files, so it
 * cannot grow stale; `HYDRANT_WRITE=1 npx vitest run edge-cases` writes it anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const LISTS = [
  { folder: 'admin-api', source: 'admin-api.md §14', last: 100 },
  { folder: 'public-api', source: 'public-api.md §17', last: 74 },
  { folder: 'flows', source: 'flows.md §16', last: 74 },
] as const;

const here = new URL('.', import.meta.url);
const readme = new URL('README.md', here);

/** Numbers in the order of the list, with the files that name them. */
function filesByNumber(folder: string): Map<number, string[]> {
  const found = new Map<number, string[]>();
  const names = readdirSync(new URL(`${folder}/`, here)).filter(
    (name) => name.endsWith('.ts') && name !== 'numbers.test.ts',
  );
  for (const name of names.toSorted()) {
    const text = readFileSync(new URL(`${folder}/${name}`, here), 'utf8');
    for (const number of new Set([...text.matchAll(/#(\d{1,3})\b/g)].map(([, digits]) => Number(digits)))) {
      // What the shared cast says of a number is why it has no test of its own.
      if (name.endsWith('.test.ts') || !found.has(number)) found.set(number, [...(found.get(number) ?? []), name]);
    }
  }
  return found;
}

function table({ folder, source, last }: (typeof LISTS)[number]): string {
  const files = filesByNumber(folder);
  const rows = Array.from({ length: last }, (_, n) => {
    const names = files.get(n + 1) ?? [];
    const tests = names.filter((name) => name.endsWith('.test.ts'));
    return `| ${n + 1} | ${(tests.length > 0 ? tests : names).map((name) => `[${name}](${folder}/${name})`).join(', ')} |`;
  });
  return `## ${source}\n\n| # | test |\n|---|---|\n${rows.join('\n')}\n`;
}

const INTRODUCTION = `# Contract tests

\`wire.test.ts\` plays the recorded exchanges of real servers, \`configuration/\` looks for the effect of every setting, and the
folders below hold the numbered edge cases. A file that is no test (\`cast.ts\`) says why a number is about something that
this server does not have, such as the public side of Hydra 1.x.

`;

test('README.md tells for each numbered edge case where its test is', () => {
  const text = INTRODUCTION + LISTS.map(table).join('\n');
  if (process.env.HYDRANT_WRITE === '1') writeFileSync(readme, text);
  expect(readFileSync(readme, 'utf8')).toBe(text);
});

test.each(LISTS)('each edge case of $source has a place', ({ folder, last }) => {
  const found = filesByNumber(folder);
  expect(Array.from({ length: last }, (_, n) => n + 1).filter((number) => !found.has(number))).toEqual([]);
});
