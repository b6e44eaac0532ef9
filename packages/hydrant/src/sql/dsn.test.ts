import { expect, test } from 'vitest';
import { parseDsn, poolSettings } from './dsn.js';

test.each([
  ['memory', 'memory', '', ''],
  ['sqlite:///data/x.db?_fk=true', 'sqlite', '///data/x.db', '_fk=true'],
  ['POSTGRES://u@h/d', 'postgres', '//u@h/d', ''],
  ['mysql://u@tcp(h:1)/d?a=b?c', 'mysql', '//u@tcp(h:1)/d', 'a=b%3Fc'],
])('%s is taken apart', (text, scheme, place, parameters) => {
  const dsn = parseDsn(text);
  expect([dsn.scheme, dsn.place, String(dsn.parameters)]).toEqual([scheme, place, parameters]);
});

const settings = (query: string) => poolSettings(new URLSearchParams(query), 3);

test("Hydra's four parameters say how many connections there are, and are taken from what the driver gets", () => {
  const query = 'max_conns=20&max_idle_conns=7&max_conn_lifetime=1h30m&max_conn_idle_time=90s&sslmode=disable';
  const { pool, rest } = settings(query);
  expect(pool).toEqual({ most: 20, mostIdle: 7, lifetime: 5_400_000, idleTime: 90_000 });
  expect(String(rest)).toBe('sslmode=disable');
});

test('without them there are two for each processor, and four at least', () => {
  expect(settings('').pool).toEqual({ most: 6, mostIdle: 4, lifetime: 0, idleTime: 0 });
  expect(poolSettings(new URLSearchParams(), 1).pool).toMatchObject({ most: 4, mostIdle: 4 });
  expect(poolSettings(new URLSearchParams(), 8).pool).toMatchObject({ most: 16, mostIdle: 8 });
});

test('no more are kept idle than there may be, and none where that is said', () => {
  expect(settings('max_conns=2&max_idle_conns=9').pool).toMatchObject({ most: 2, mostIdle: 2 });
  expect(settings('max_idle_conns=0').pool).toMatchObject({ mostIdle: 0 });
});

test.each([
  ['max_conns', '0'],
  ['max_conns', '-1'],
  ['max_conns', 'many-planted'],
  ['max_conns', '1.5'],
  ['max_conns', ''],
  ['max_idle_conns', 'x'],
  ['max_conn_lifetime', '90'],
  ['max_conn_lifetime', '-1s'],
  ['max_conn_idle_time', '1d'],
  ['max_conn_idle_time', 'planted'],
])('%s=%s is refused by the name of the parameter', (name, value) => {
  const refused = () => settings(`${name}=${encodeURIComponent(value)}`);
  expect(refused).toThrow(name);
  expect(refused).not.toThrow(/planted/);
});
