/** The tour of the README, walked: its commands by a shell, its browser steps by a browser without a screen. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { startHydrant } from '../support/start-hydrant.js';
import { blocksOf, readDocument } from './support/documents.js';
import { type Person, person } from './support/person.js';

/** Empty variables count as unset, so the built-in pages stand in. */
const NO_APPS = { URLS_LOGIN: '', URLS_CONSENT: '', URLS_LOGOUT: '', URLS_ERROR: '', URLS_POST_LOGOUT_REDIRECT: '' };

/** A failing command ends the script, anywhere in a pipeline; so does an answer that is an error. */
const STRICT = `
set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
`;

const tour = blocksOf(readDocument('README.md'), 'sh', '## A tour of five minutes');

/** Runs a script in bash and hands on each line while it runs. Resolves with all of them, or rejects with them. */
async function run(script: string, onLine: (line: string) => Promise<void>): Promise<string[]> {
  const shell = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const steps: Promise<void>[] = [];
  const troubles: unknown[] = [];
  shell.stderr.setEncoding('utf8').on('data', (text: string) => troubles.push(text));
  // A step that fails must not leave the script waiting for a browser that never comes.
  const giveUp = (error: unknown) => {
    troubles.push(error);
    shell.kill();
  };
  createInterface({ input: shell.stdout }).on('line', (line) => {
    lines.push(line);
    steps.push(onLine(line).catch(giveUp));
  });
  const [status] = await once(shell, 'close');
  await Promise.all(steps);
  if (status !== 0) throw new Error(`The tour ended with status ${status}: ${[...lines, ...troubles].join('\n')}`);
  return lines;
}

/** Opens an address that somebody is about to listen at. */
function arrive(url: URL): Promise<void> {
  return eventually(`somebody listens at ${url.host}`, async () => {
    const answer = await fetch(url).catch(() => undefined);
    return answer !== undefined;
  });
}

/** Logs in at the built-in page, stays logged in, and allows these scopes. Returns where the browser is after that. */
async function logInAndAllow(ann: Person, address: string, scopes: readonly string[]): Promise<URL> {
  const consent = await ann.submit(await ann.open(address), [
    ['email', 'ann@example.com'],
    ['password', 'anything'],
    ['remember', 'true'],
    ['decision', 'accept'],
  ]);
  const allowed = scopes.map((scope) => ['grant_scope', scope] as const);
  return (await ann.submit(consent, [...allowed, ['decision', 'accept']])).url;
}

const missing = ['bash', 'curl'].find((tool) => spawnSync(tool, ['--version']).status !== 0);
const walk = test.skipIf(missing !== undefined);
const why = missing === undefined ? '' : ` (skipped: there is no ${missing} here)`;

walk(`the tour of the README works as it stands there${why}`, async () => {
  await using hydrant = await startHydrant({ settings: NO_APPS });
  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  const script = `${STRICT}${tour.join('\n')}`
    .replaceAll('http://127.0.0.1:4444', hydrant.publicUrl)
    .replaceAll('http://127.0.0.1:4445', hydrant.adminUrl)
    .replaceAll('http://127.0.0.1:5555/callback', callback);
  const ann = person(hydrant.publicUrl);
  const ends: string[] = [];

  const lines = await run(script, async (line) => {
    const [, address] = /^Open (\S+)$/.exec(line) ?? [];
    if (address?.includes('/oauth2/auth?')) {
      await arrive(await logInAndAllow(ann, address, ['openid', 'offline', 'email']));
    } else if (address) {
      const asked = await ann.open(address);
      ends.push(String((await ann.submit(asked, [['decision', 'accept']])).url));
    }
  });

  expect(tour.length).toBeGreaterThan(8);
  const answers = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const [discovery, ofClient, userinfo, ...ofPerson] = answers;
  expect(discovery).toMatchObject({ issuer: hydrant.publicUrl });
  expect(ofClient).toMatchObject({ active: true, scope: 'photos.read' });
  expect(userinfo).toMatchObject({ sub: 'ann@example.com', email: 'ann@example.com' });
  expect(ofPerson).toMatchObject([
    { active: true, sub: 'ann@example.com', scope: 'openid offline email' },
    { active: true, sub: 'ann@example.com' },
    { active: false },
  ]);
  expect(ends).toEqual([callback]);
  expect([...ann.browser.jar.keys()].filter((name) => name.includes('session'))).toEqual([]);
});

walk(`a failing command of the tour is noticed${why}`, async () => {
  await expect(run(`${STRICT}false | true; echo passed`, async () => {})).rejects.toThrow('status 1');
  await using hydrant = await startHydrant();
  const refused = `${STRICT}curl -s ${hydrant.adminUrl}/admin/clients/nobody`;
  await expect(run(refused, async () => {})).rejects.toThrow('status 22');
});
