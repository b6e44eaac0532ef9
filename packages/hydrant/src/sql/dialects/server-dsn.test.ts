import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatabaseUnusable } from '../driver.js';
import { parseDsn } from '../dsn.js';
import { serverAddress } from './server-dsn.js';

const EXAMPLE = 'scheme://user:password@host:1/database';

function read(text: string) {
  return serverAddress(parseDsn(text), 1234, EXAMPLE);
}

describe('an address', () => {
  test.each([
    ['x://u:p@db:99/d', { user: 'u', password: 'p', host: 'db', port: 99, database: 'd' }],
    ['x://u@db/d', { user: 'u', password: '', host: 'db', port: 1234 }],
    ['x://db/d', { user: '', password: '', host: 'db' }],
    ['x:///d', { host: '127.0.0.1', port: 1234 }],
    ['x://:99/d', { host: '127.0.0.1', port: 99 }],
    ['x://u:p@[2001:db8::1]:99/d', { host: '2001:db8::1', port: 99, location: 'x://[2001:db8::1]:99/d' }],
    ['x://[::1]/d', { host: '::1', port: 1234 }],
    ['x:///d?host=::1', { host: '::1', port: 1234 }],
    ['x://u:p@/d?host=/run/pg&port=99', { host: '/run/pg', socket: '/run/pg', port: 99, location: 'x:///run/pg/d' }],
    ['x://u@%2Frun%2Fpg/d', { socket: '/run/pg', user: 'u' }],
    [
      'x:///?user=u&password=p&host=db&port=99&dbname=d',
      { user: 'u', password: 'p', host: 'db', port: 99, database: 'd' },
    ],
    ['x://u:p@tcp(db:99)/d', { user: 'u', password: 'p', host: 'db', port: 99, database: 'd' }],
    ['x://u:p@tcp(db)/d', { host: 'db', port: 1234 }],
    ['x://u:p@tcp([::1]:99)/d', { host: '::1', port: 99 }],
    ['x://u:p@unix(/run/my.sock)/d?a=b', { socket: '/run/my.sock', database: 'd', location: 'x:///run/my.sock/d' }],
    ['x://u@db/d?', { user: 'u', database: 'd' }],
    ['x://u@db/d?a=b&', { user: 'u', database: 'd' }],
    ['x://u@tcp(db)/d', { user: 'u', password: '' }],
  ])('%s', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });

  test('a socket is only where there is one', () => {
    expect(read('x://db/d')).not.toHaveProperty('socket');
  });

  test.each([
    ['x://u:p#a?s@/s:@db/d?a=b', 'p#a?s@/s:'],
    ['x://u:p?q@db/d', 'p?q'],
    ['x://u:p@q/r@db/d', 'p@q/r'],
    ['x://u:p@s/w:o?r#d&=@db/d?a=b', 'p@s/w:o?r#d&='],
    ['x://u:p%40%2F%25@db/d', 'p@/%'],
    // As Go's driver reads it: to the letter.
    ['x://u:p%40@tcp(db)/d', 'p%40'],
    ['x://u:100%@tcp(db)/d', '100%'],
    ['x://u:a@b/c?d#e(f)@tcp(db)/d?tls=true', 'a@b/c?d#e(f)'],
    ['x://u:p@db/d?application_name=a@b', 'p'],
    ['x://u:p@db/d?options=a@b/c', 'p'],
  ])('%s has its password', (text, password) => {
    expect(read(text)).toMatchObject({ user: 'u', password, host: 'db', database: 'd' });
  });

  test('what is percent-encoded comes out as it went in, whatever it is', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, text, fc.integer({ min: 1, max: 65_535 }), (user, password, database, port) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        const address = read(`x://${u}:${p}@db.example:${port}/${d}?max_conns=3&k=v`);
        expect(address).toMatchObject({ user, password, database, host: 'db.example', port, pool: { most: 3 } });
        expect(String(address.rest)).toBe('k=v');
      }),
    );
  });

  test("any password is taken literally in the form of Go's driver", () => {
    const password = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/@(tcp[46]?|unix)\(/.test(one));
    fc.assert(
      fc.property(password, (one) => {
        expect(read(`x://u:${one}@tcp(db:99)/d?k=v`)).toMatchObject({ user: 'u', password: one, host: 'db', port: 99 });
      }),
    );
  });
});

describe('no address', () => {
  test.each([
    ['x:', 'cannot be read'],
    ['x:u:planted@db/d', 'cannot be read'],
    ['x://planted', 'cannot be read'],
    ['x://u:planted@db', 'cannot be read'],
    ['x://u:planted@db/', 'names no database'],
    ['x://u:planted%zz@db/d', '%25'],
    ['x://u:planted@db:port/d', 'cannot be read'],
    ['x://u:planted@db:0/d', 'no number between'],
    ['x://u:planted@db:65536/d', 'no number between'],
    ['x://u@db/d?port=planted', 'no number between'],
    ['x://u:planted@one,two/d', 'several hosts'],
    ['x://u:planted@db/d?host=one,two', 'several hosts'],
    ['x://u:planted@pipe(x)/d', 'cannot be read'],
  ])('%s is refused without repeating it', (text, reason) => {
    expect(() => read(text)).toThrow(DatabaseUnusable);
    expect(() => read(text)).toThrow(reason);
    expect(() => read(text)).not.toThrow(/planted/);
  });

  test('whatever it is, it is an address or refused in a sentence that does not have the password', () => {
    const secret = 'sEcReT-0123456789';
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, between, after) => {
        try {
          const { location } = read(`x://${before}:${secret}${between}@${after}`);
          expect(typeof location).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(DatabaseUnusable);
          expect(String(error)).not.toContain(secret);
        }
      }),
    );
  });
});
