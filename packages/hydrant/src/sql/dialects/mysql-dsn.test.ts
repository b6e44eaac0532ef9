import { expect, test } from 'vitest';
import { parseDsn } from '../dsn.js';
import { mysqlSettings } from './mysql-dsn.js';

const read = (parameters = '', place = '//u:planted@tcp(db)/d') =>
  mysqlSettings(parseDsn(`mysql:${place}?${parameters}`));

test('what is not said has a sensible default', () => {
  expect(read()).toMatchObject({
    location: 'mysql://db:3306/d',
    preferTls: false,
    client: { user: 'u', password: 'planted', host: 'db', port: 3306, database: 'd', connectTimeout: 3_000 },
  });
  expect(read().client).not.toHaveProperty('ssl');
  expect(read('', '//u:planted@db:33/d').client).toMatchObject({ host: 'db', port: 33 });
});

test('a socket has neither host nor port', () => {
  const { client } = read('', '//u@unix(/run/my.sock)/d');
  expect(client).toMatchObject({ socketPath: '/run/my.sock' });
  expect(client).not.toHaveProperty('host');
});

test("the DSN of Hydra's manual is taken as it is", () => {
  const { pool, client } = read(
    'max_conns=20&max_idle_conns=4&parseTime=true&multiStatements=true&loc=UTC&charset=utf8mb4&readTimeout=5s&timeout=7s',
  );
  expect(pool).toMatchObject({ most: 20, mostIdle: 4 });
  expect(client.connectTimeout).toBe(7_000);
});

test.each([
  ['false', undefined, false],
  ['true', { rejectUnauthorized: true, verifyIdentity: true }, false],
  ['skip-verify', { rejectUnauthorized: false }, false],
  ['preferred', { rejectUnauthorized: false }, true],
])('tls=%s', (tls, ssl, prefer) => {
  const settings = read(`tls=${tls}`);
  expect([settings.client.ssl, settings.preferTls]).toEqual([ssl, prefer]);
});

test('what is checked against a name needs one', () => {
  for (const address of ['10.0.0.1', '[::1]:3306']) {
    expect(() => read('tls=true', `//u:planted@tcp(${address})/d`)).toThrow('needs the name of the host');
    expect(read('tls=skip-verify', `//u:planted@tcp(${address})/d`).client.ssl).toEqual({ rejectUnauthorized: false });
  }
});

test.each([
  ['tls=planted', 'tls is none of'],
  ['timeout=planted', 'timeout'],
  ['planted=1', 'a parameter that is not known'],
])('%s is refused, and what it says is not repeated', (parameters, reason) => {
  expect(() => read(parameters)).toThrow(reason);
  expect(() => read(parameters)).not.toThrow(/planted/);
});
