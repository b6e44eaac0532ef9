import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedFetch, FetchFailure, type GuardedFetch, type GuardedFetchOptions } from './guarded-fetch.js';
import { isPrivateAddress } from './private-address.js';

const closing: Array<() => unknown> = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function givenServer(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function givenFetch(options: Partial<GuardedFetchOptions> = {}): GuardedFetch {
  const fetch = createGuardedFetch({ disallowPrivate: false, exceptions: [], ...options });
  closing.push(() => fetch.close());
  return fetch;
}

describe('what is called and how', () => {
  test('status and text come back, whatever the status', async () => {
    const url = await givenServer((_, response) => response.writeHead(418).end('grüße'));
    expect(await givenFetch().get(url)).toEqual({ status: 418, body: 'grüße' });
  });

  test('a redirect is an answer and is not followed', async () => {
    const asked: unknown[] = [];
    const url = await givenServer((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await givenFetch().get(`${url}/here`)).status).toBe(302);
    expect(asked).toEqual(['/here']);
  });

  test('a form and JSON are sent as what they are, with own headers', async () => {
    const url = await givenServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => response.end(`${request.headers['content-type']}|${request.headers['x-own']}|${text}`));
    });
    const fetch = givenFetch();
    const form = await fetch.post(url, new URLSearchParams({ logout_token: 'a b' }), { 'x-own': '1' });
    expect(form.body).toBe('application/x-www-form-urlencoded|1|logout_token=a+b');
    expect((await fetch.post(url, { a: [1] })).body).toBe('application/json|undefined|{"a":[1]}');
  });

  test.each(['ftp://a.example/', 'file:///etc/passwd', 'data:text/plain,x', 'nonsense', ''])(
    '%j is no address to call',
    async (url) => {
      await expect(givenFetch().get(url)).rejects.toThrow(FetchFailure);
    },
  );
});

describe('what is bounded', () => {
  test('an answer that is too long is given up, and nothing of it is told', async () => {
    const url = await givenServer((_, response) => response.end('secret'.repeat(100)));
    const failure = await givenFetch({ maxBytes: 64 })
      .get(url)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FetchFailure);
    expect(String(failure)).not.toContain('secret');
  });

  test('an answer of exactly the bound is taken', async () => {
    const url = await givenServer((_, response) => response.end('x'.repeat(64)));
    expect((await givenFetch({ maxBytes: 64 }).get(url)).body).toHaveLength(64);
  });

  test('a server that never finishes is given up', async () => {
    const url = await givenServer((_, response) => {
      response.write('begun');
    });
    await expect(givenFetch({ timeoutMs: 50 }).get(url)).rejects.toThrow('within 50 ms');
  });

  test('a port where nobody listens says so', async () => {
    await expect(givenFetch().get('http://127.0.0.1:1/')).rejects.toThrow('refused the connection');
  });
});

describe('where private addresses are not allowed', () => {
  test('neither an address nor a name that leads to one is called', async () => {
    let calls = 0;
    const url = await givenServer((_, response) => {
      calls += 1;
      response.end();
    });
    const { port } = new URL(url);
    const fetch = givenFetch({ disallowPrivate: true });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '0.0.0.0']) {
      await expect(fetch.get(`http://${host}:${port}/`), host).rejects.toThrow('private');
      await expect(fetch.check(`http://${host}:${port}/`), host).rejects.toThrow('private');
    }
    expect(calls).toBe(0);
  });

  test('an exception holds for its very URL, and its connection serves no other', async () => {
    const url = await givenServer((_, response) => response.end('ok'));
    const fetch = givenFetch({ disallowPrivate: true, exceptions: [`${url}/exempt`] });
    expect((await fetch.get(`${url}/exempt`)).body).toBe('ok');
    await expect(fetch.get(`${url}/exempt?x`)).rejects.toThrow('private');
    await expect(fetch.get(`${url}/other`)).rejects.toThrow('private');
    await expect(fetch.check(`${url}/exempt`)).resolves.toBeUndefined();
  });

  test('without the rule a private address passes the check', async () => {
    await expect(givenFetch().check('http://10.0.0.1/')).resolves.toBeUndefined();
  });
});

test.each([
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['100.100.0.1', true],
  ['169.254.169.254', true],
  ['224.0.0.1', true],
  ['255.255.255.255', true],
  ['93.184.216.34', false],
  ['::', true],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1%eth0', true],
  ['::ffff:192.168.0.1', true],
  ['::ffff:93.184.216.34', false],
  ['64:ff9b::a00:1', true],
  ['64:ff9b::5db8:d822', false],
  ['2606:2800:220:1::1', false],
  ['nonsense', true],
])('%s is private: %s', (address, expected) => {
  expect(isPrivateAddress(address)).toBe(expected);
});
