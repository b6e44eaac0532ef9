/** Is told a job, opens the browsers, and lets them go when it is told to; answers how long they took. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Pool } from 'undici';
import { median } from '../statistics.mjs';

process.on('disconnect', () => process.exit(0));
/** @type {[import('./flows.mjs').FlowJob]} */
const [job] = await told();
const publicSide = new Pool(job.publicUrl, { connections: job.browsers });
const adminSide = job.adminUrl === undefined ? undefined : new Pool(job.adminUrl, { connections: job.browsers });
const basic = `Basic ${Buffer.from(`${job.clientId}:${job.clientSecret}`).toString('base64')}`;
const run = randomBytes(4).toString('hex');

/** @typedef {Map<string, string>} Jar */
/** @type {string[]} */
const collected = [];
/** @type {number[]} */
const times = [];
let requests = 0;
let people = 0;

const ready = await Promise.all(Array.from({ length: job.browsers }, openBrowser));
process.send?.('ready');
await told();
times.length = requests = 0;
const begun = performance.now();
let left = job.flows ?? Number.POSITIVE_INFINITY;
await Promise.all(ready.map(browse));
const seconds = (performance.now() - begun) / 1000;
if (job.collect) writeFileSync(job.collect, collected.map((line) => `${line}\n`).join(''));
times.sort((a, b) => a - b);
const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
process.send?.({ flows: times.length, requests, seconds, p50: median(times) * 1000, p99: p99 * 1000 });

function told() {
  return once(process, 'message');
}

/** A browser with its cookies. It has been here before the clock starts: to be remembered, or for connections and hot code. */
async function openBrowser() {
  /** @type {Jar} */
  const jar = new Map();
  await login(jar, newPerson());
  return jar;
}

/** @param {Jar} jar */
async function browse(jar) {
  const end = job.seconds === undefined ? Number.POSITIVE_INFINITY : begun + job.seconds * 1000;
  while (left-- > 0 && performance.now() < end) {
    const at = performance.now();
    const tokens = await (job.remembered ? login(jar, 'nobody new') : login(new Map(), newPerson()));
    times.push(performance.now() - at);
    if (job.collect) collected.push(JSON.stringify(JSON.parse(tokens)));
  }
}

function newPerson() {
  return `person-${run}-${people++}`;
}

/** From the authorization request to the tokens. @param {Jar} jar @param {string} subject */
async function login(jar, subject) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: job.clientId,
    response_type: 'code',
    redirect_uri: job.redirectUri,
    scope: job.scope,
    state: randomBytes(12).toString('base64url'),
    nonce: randomBytes(12).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...job.more,
  });
  let location = await visit(jar, `${job.authorization}?${query}`);
  for (let hops = 0; !location.startsWith(job.redirectUri); hops++) {
    if (hops > 8) throw new Error(`The browser is sent in circles: ${location}`);
    const { searchParams, pathname, search } = new URL(location, job.publicUrl);
    const way = adminSide && ['login', 'consent'].find((kind) => searchParams.has(`${kind}_challenge`));
    location = way
      ? await decide(way, searchParams.get(`${way}_challenge`) ?? '', subject)
      : await visit(jar, pathname + search);
  }
  const code = new URL(location).searchParams.get('code');
  if (code === null) throw new Error(`No code: ${location}`);
  const form = { grant_type: 'authorization_code', code, redirect_uri: job.redirectUri, code_verifier: verifier };
  const { status, body } = await send(publicSide, 'POST', job.token, {
    headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams(form)}`,
  });
  if (status !== 200) throw new Error(`No tokens: ${body}`);
  return body;
}

/** Where the server sends the browser. @param {Jar} jar @param {string} path */
async function visit(jar, path) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const { status, headers, body } = await send(publicSide, 'GET', path, { headers: cookie === '' ? {} : { cookie } });
  for (const line of [headers['set-cookie'] ?? []].flat()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /;\s*max-age=0(;|$)/i.test(line) || /;\s*expires=Thu, 01 Jan 1970/i.test(line))
      jar.delete(name);
    else jar.set(name, value);
  }
  if (typeof headers.location !== 'string')
    throw new Error(`The browser is left with ${status}: ${body.slice(0, 500)}`);
  return headers.location;
}

/** As a login and consent app does: it looks, and accepts. @param {string} kind @param {string} challenge @param {string} subject */
async function decide(kind, challenge, subject) {
  const path = `/admin/oauth2/auth/requests/${kind}`;
  const query = `${kind}_challenge=${encodeURIComponent(challenge)}`;
  const request = JSON.parse(await asApp('GET', `${path}?${query}`));
  const decision =
    kind === 'login'
      ? request.skip
        ? { subject: request.subject }
        : { subject, remember: true, remember_for: 0 }
      : {
          grant_scope: request.requested_scope,
          grant_access_token_audience: request.requested_access_token_audience,
          ...(!request.skip && { remember: true, remember_for: 0 }),
        };
  return String(JSON.parse(await asApp('PUT', `${path}/accept?${query}`, decision)).redirect_to);
}

/** @param {'GET' | 'PUT'} method @param {string} path @param {object} [json] */
async function asApp(method, path, json) {
  if (!adminSide) throw new Error('There is no admin API.');
  const { status, body } = await send(adminSide, method, path, {
    headers: json ? { 'content-type': 'application/json' } : {},
    ...(json && { body: JSON.stringify(json) }),
  });
  if (status !== 200) throw new Error(`The app is answered ${status}: ${body}`);
  return body;
}

/**
 * @param {Pool} pool
 * @param {import('undici').Dispatcher.HttpMethod} method
 * @param {string} path
 * @param {{ headers: Record<string, string>, body?: string }} what
 */
async function send(pool, method, path, what) {
  requests++;
  const answer = await pool.request({ method, path, ...what });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
}
