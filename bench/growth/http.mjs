/** Requests to the server under test, and browsers with a jar of cookies. Redirects are read, never followed. */
import { Agent, request as open } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, unknown>} json The members of a JSON object; empty where the body is none.
 * @property {URL | undefined} location
 * @property {string[]} cookies
 *
 * @typedef {object} Asked
 * @property {string} [method]
 * @property {Record<string, string>} [form]
 * @property {unknown} [json]
 * @property {readonly [id: string, secret: string]} [basic]
 * @property {string} [cookie]
 */

/**
 * @param {string | URL} url
 * @param {Asked} [asked]
 * @returns {Promise<Answer>}
 */
export function send(url, asked = {}) {
  const body =
    asked.json === undefined ? asked.form && `${new URLSearchParams(asked.form)}` : JSON.stringify(asked.json);
  /** @type {Record<string, string | number>} */
  const headers = {};
  if (asked.cookie) headers.cookie = asked.cookie;
  if (asked.basic) headers.authorization = `Basic ${btoa(asked.basic.map(encodeURIComponent).join(':'))}`;
  if (body !== undefined) {
    headers['content-type'] = asked.json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    headers['content-length'] = Buffer.byteLength(body);
  }
  const method = asked.method ?? (body === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const request = open(url, { method, headers, agent }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { location, 'set-cookie': cookies = [] } = response.headers;
        resolve({
          status: response.statusCode ?? 0,
          json: objectIn(Buffer.concat(chunks).toString()),
          location: location === undefined ? undefined : new URL(location, url),
          cookies,
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Lets go of the connections that are kept open. */
export function hangUp() {
  agent.destroy();
}

/** @param {string} text */
function objectIn(text) {
  if (!text.startsWith('{')) return {};
  return JSON.parse(text);
}

/**
 * @typedef {object} Browser
 * @property {(url: string | URL) => Promise<Answer>} get
 */

/** A browser with cookies of its own. Paths and domains do not matter: there is one host. @returns {Browser} */
export function openBrowser() {
  /** @type {Map<string, string>} */
  const jar = new Map();
  return {
    async get(url) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await send(url, cookie === '' ? {} : { cookie });
      for (const line of answer.cookies) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/;\s*max-age=0(;|$)/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    },
  };
}
