/** What every server under test is, to those who measure it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFlows } from '../load/flows.mjs';
import { load } from '../load/load.mjs';
import { WORKLOADS } from '../workloads.mjs';

/**
 * @typedef {{ id: string, secret: string }} Client
 *
 * @typedef {object} Running A server that answers.
 * @property {string} id
 * @property {string} title
 * @property {import('../workloads.mjs').Api} api
 * @property {string} publicUrl
 * @property {string} [adminUrl]
 * @property {Client} client
 * @property {Client} jwtClient Gets JWT access tokens.
 * @property {string} folder For files of its own.
 * @property {number} [pid]
 * @property {() => number[]} [databasePids]
 * @property {() => Promise<number | undefined>} [written] Bytes that went into the database's log, or to disk.
 * @property {string} [many] File of access tokens that lie in its store.
 * @property {number} [walked] How many of them have been asked for.
 * @property {{ file: string, at: number }} [people] Access tokens of people who logged in.
 * @property {number} [issuedAt] When these were issued, where that was done for want of stored ones.
 * @property {(algorithm: string) => Promise<boolean>} [signWith] Changes the key that signs access tokens; `false`: it cannot.
 * @property {Record<string, string>} [remembered] What an authorization request says so that a remembered login is led past the app.
 * @property {Readonly<Record<string, number>>} [statements] SQL statements for one request of a workload.
 * @property {() => Promise<void>} [renew] Called before a round: makes anew what would expire.
 * @property {() => Promise<void>} stop
 */

/** So many people ask for what is known of them. */
const PEOPLE = 256;

/** Tokens live for an hour; those that are kept are made anew before they die. */
export const RENEWED_MS = 36 * 60_000;

export const REDIRECT_URI = 'https://client.example.com/callback';
export const SCOPE = 'openid offline_access read write';

/** Where Hydra and Hydrant have what. @type {import('../workloads.mjs').Api} */
export const HYDRA = {
  kind: 'hydra',
  paths: {
    token: '/oauth2/token',
    introspect: '/admin/oauth2/introspect',
    revoke: '/oauth2/revoke',
    userinfo: '/userinfo',
    discovery: '/.well-known/openid-configuration',
    keys: '/.well-known/jwks.json',
    authorize: '/oauth2/auth',
  },
};

/** @param {Running} target @param {boolean} remembered @returns {import('../load/flows.mjs').FlowJob} */
export function flowJob(target, remembered) {
  return {
    publicUrl: target.publicUrl,
    ...(target.adminUrl !== undefined && { adminUrl: target.adminUrl }),
    authorization: target.api.paths.authorize,
    token: target.api.paths.token,
    ...(remembered && target.remembered && { more: target.remembered }),
    clientId: target.client.id,
    clientSecret: target.client.secret,
    redirectUri: REDIRECT_URI,
    scope: SCOPE,
    remembered,
    browsers: 1,
  };
}

/**
 * The request of a workload with the tokens that it needs, at so many connections and for so long.
 * @param {Running} target
 * @param {import('../workloads.mjs').Workload} workload
 * @param {{ tool: import('../load/load.mjs').Tool, connections: number, seconds: number }} options
 * @returns {Promise<import('../load/load.mjs').Job>}
 */
export async function jobFor(target, workload, { tool, connections, seconds }) {
  if (!workload.request) throw new Error(`${workload.id} is no single request.`);
  const job = { request: workload.request(target), connections, seconds };
  const brief = tool === 'undici';
  const file = join(target.folder, `${target.id}-${workload.id}`);
  switch (workload.values) {
    case 'many':
    case 'few': {
      if (target.many === undefined || performance.now() - (target.issuedAt ?? Infinity) > RENEWED_MS) {
        target.issuedAt = performance.now();
        target.many = await issued(target, tool, `${file}-many`, brief ? seconds : Math.max(5, seconds));
      }
      return { ...job, values: workload.values === 'many' ? target.many : await fewOf(target.many, file) };
    }
    case 'access':
      // Revoking may be faster than issuing; a token that is revoked a second time would be cheaper still.
      return { ...job, values: await issued(target, tool, file, brief ? seconds * 1.5 : seconds * 2 + 1) };
    case 'person':
      if (target.people === undefined || performance.now() - target.people.at > RENEWED_MS) {
        const made = await ofPeople(target, file, brief ? 8 : PEOPLE, 'access_token');
        target.people = { file: made, at: performance.now() };
      }
      return { ...job, values: target.people.file };
    case 'refresh':
      return { ...job, values: await ofPeople(target, file, connections + 2, 'refresh_token'), chain: true };
    default:
      return job;
  }
}

/** New access tokens of the client, as many as it can get in that time. @param {Running} target @param {import('../load/load.mjs').Tool} tool @param {string} file @param {number} seconds */
async function issued(target, tool, file, seconds) {
  const request = WORKLOADS.find(({ id }) => id === 'client_credentials')?.request?.(target);
  if (request) await load(tool, { request, connections: 32, seconds, collect: file });
  return file;
}

/** @param {string} many @param {string} file */
async function fewOf(many, file) {
  const tokens = readFileSync(many, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${tokens.slice(0, 1_000).join('\n')}\n`);
  return file;
}

/** @param {Running} target @param {string} file @param {number} flows @param {'access_token' | 'refresh_token'} member */
async function ofPeople(target, file, flows, member) {
  const collect = `${file}-answers`;
  await runFlows({ ...flowJob(target, false), browsers: Math.min(8, flows), flows, collect });
  const answers = readFileSync(collect, 'utf8').trimEnd().split('\n');
  writeFileSync(file, answers.map((line) => `${JSON.parse(line)[member]}\n`).join(''));
  return file;
}
