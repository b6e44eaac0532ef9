/** The page docs/reference/statements.md, made of what the statement budgets recorded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const RECORDS = 'packages/hydrant/test/journeys/statements';
const ENGINES = { sqlite: 'SQLite', postgres: 'PostgreSQL', mariadb: 'MariaDB' };

const INTRODUCTION = `# Statements per request

<!-- Made by \`npm run reference\` from ${RECORDS}/. Tests compare the two, and the records with what they measure. -->

What each request asks of the database, with caches warm: clients and keys in memory, statements prepared. It is measured at a
running server, on each engine, and one statement more fails the build.

- A *statement* is counted when it is sent; how many of them *write* stands behind. What frames a transaction (\`BEGIN\`, \`COMMIT\`)
  is none, but costs its round trip where it is sent by itself.
- A *round trip* is a wait for the database: whatever is sent before an answer comes is one. PostgreSQL takes a transaction in two, with all conditions in the first, and
  \`COMMIT\` with what follows; MariaDB takes one statement after the other. SQLite runs in the process of the server and has none.
- MariaDB does not answer an \`UPDATE\` with its row. What reads it back is counted under the name of the write with \`.row\` behind.
- SQLite remembers the rows of tokens that were asked for more than once, where nothing was written to them since; other engines have other writers.
- Requests that come together share: look-ups of one kind are one statement on PostgreSQL, and writes share a commit. The figures are those of a
  request that is alone, which is the most that it can cost.
- Login and consent are remembered in the rows that say so; the others are the first of their browser.
`;

/** The whole page, ending in a line break. */
export function statementsReference() {
  const costs = Object.keys(ENGINES).map((engine) =>
    JSON.parse(readFileSync(join(root, RECORDS, `${engine}.json`), 'utf8')),
  );
  return [INTRODUCTION, countsOf(costs), namesOf(costs)].join('\n');
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const namesIn = ({ statements }) => (statements === '' ? [] : statements.split(', '));

function countsOf(costs) {
  const [first, ...others] = Object.values(ENGINES);
  const head = ['Request', first, ...others.flatMap((engine) => [engine, 'round trips'])];
  const rows = Object.keys(costs[0]).map((request) => [
    request,
    ...costs.flatMap(({ [request]: cost }) => [
      cost.writes > 0 ? `${namesIn(cost).length} (${cost.writes})` : `${namesIn(cost).length}`,
      ...(cost.roundTrips === undefined ? [] : [`${cost.roundTrips}`]),
    ]),
  ]);
  return `## How many, and how many of them write\n\n${table(head, rows)}\n`;
}

/** Names once, where all engines have the same. */
function namesOf(costs) {
  const rows = Object.keys(costs[0])
    .filter((request) => costs.some(({ [request]: cost }) => cost.statements !== ''))
    .map((request) => {
      const byNames = new Map();
      for (const [index, engine] of Object.values(ENGINES).entries()) {
        const names = namesIn(costs[index][request])
          .map((name) => `\`${name}\``)
          .join(', ');
        byNames.set(names || 'none', [...(byNames.get(names || 'none') ?? []), engine]);
      }
      const texts = [...byNames].map(([names, engines]) =>
        byNames.size === 1 ? names : `${engines.join(', ')}: ${names}`,
      );
      return [request, texts.join('<br>')];
    });
  return `## Which\n\n${table(['Request', 'Statements, in the order in which they are sent'], rows)}\n`;
}
