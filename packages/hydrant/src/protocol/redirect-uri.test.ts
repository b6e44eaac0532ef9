import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OAuthError } from './errors.js';
import {
  isHttpsOrLocal,
  isSecureRedirectUri,
  isValidRedirectUri,
  matchRedirectUri,
  replaceQueryParams,
  withFragment,
  withQuery,
} from './redirect-uri.js';

function refusalOf(work: () => unknown): OAuthError {
  try {
    work();
  } catch (error) {
    if (error instanceof OAuthError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('matchRedirectUri', () => {
  const one = ['https://a.example/cb'];
  const two = [...one, 'https://b.example/cb'];

  it('takes the only registered one where none is sent, but not for OpenID Connect', () => {
    expect(matchRedirectUri(one, undefined, false)).toBe('https://a.example/cb');
    expect(matchRedirectUri(one, '', false)).toBe('https://a.example/cb');
    expect(refusalOf(() => matchRedirectUri(one, undefined, true)).code).toBe('invalid_request');
    expect(refusalOf(() => matchRedirectUri(two, undefined, false)).code).toBe('invalid_request');
    expect(refusalOf(() => matchRedirectUri([], undefined, false)).code).toBe('invalid_request');
    expect(refusalOf(() => matchRedirectUri(['/cb'], undefined, false)).code).toBe('invalid_request');
  });

  it('takes an equal one', () => {
    expect(matchRedirectUri(two, 'https://b.example/cb', true)).toBe('https://b.example/cb');
    expect(matchRedirectUri(['myapp:cb'], 'myapp:cb', true)).toBe('myapp:cb');
  });

  it.each([
    ['https://a.example/other', /equal/],
    ['https://a.example/cb/', /slash/],
    ['HTTPS://A.EXAMPLE/CB', /case/],
    ['http://a.example/cb', /scheme/],
    ['https://a.example/cb?x=1', /query/],
    ['https://a.example/cb#x', /fragment/],
    ['/cb', /absolute/],
    ['javascript:alert(1)', /absolute/],
    ['https://a.example\\@evil.example/cb', /absolute/],
  ])('refuses %s and says what is wrong', (requested, hint) => {
    const refusal = refusalOf(() => matchRedirectUri(one, requested, true));
    expect(refusal.code).toBe('invalid_request');
    expect(refusal.hint).toMatch(hint);
    expect(refusal.hint).not.toContain('a.example/cb');
  });

  it('never trusts a rooted path or a script, registered or not', () => {
    for (const uri of ['/cb', 'javascript:alert(1)'])
      expect(() => matchRedirectUri([uri], uri, false)).toThrow(OAuthError);
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1/cb'],
    ['http://127.8.0.1/cb', 'http://127.8.0.1:51004/cb'],
    ['http://[::1]/cb?a=b', 'http://[::1]:51004/cb?a=b'],
  ])('gives a loopback address any port: %s, %s', (registered, requested) => {
    expect(matchRedirectUri([registered], requested, true)).toBe(requested);
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/other'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb?x=1'],
    ['http://127.0.0.1/cb', 'http://localhost/cb'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1/cb'],
    ['http://127.0.0.1/cb', 'http://[::1]:5000/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.2/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:80@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://evil@127.0.0.1/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:5x/cb'],
    ['http://localhost/cb', 'http://localhost:51004/cb'],
    ['https://127.0.0.1/cb', 'https://127.0.0.1:51004/cb'],
    ['http://127.0.0.1.evil.example/cb', 'http://127.0.0.1.evil.example:1/cb'],
    ['http://192.168.0.1/cb', 'http://192.168.0.1:51004/cb'],
    ['http://127.0.0.01/cb', 'http://127.0.0.01:51004/cb'],
  ])('…and nothing else: %s, %s', (registered, requested) => {
    expect(refusalOf(() => matchRedirectUri([registered], requested, true)).code).toBe('invalid_request');
  });

  it.each([
    ['http://localhost/cb', 'http://localhost:51004/cb'],
    ['http://localhost:3000/cb', 'http://localhost/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
  ])('gives a native client any port of localhost too: %s, %s', (registered, requested) => {
    expect(matchRedirectUri([registered], requested, true, true)).toBe(requested);
  });

  it.each([
    ['http://localhost/cb', 'http://localhost:51004/other'],
    ['http://localhost/cb', 'http://127.0.0.1/cb'],
    ['http://localhost/cb', 'http://app.localhost:51004/cb'],
    ['http://app.localhost/cb', 'http://app.localhost:51004/cb'],
    ['http://localhost.evil.example/cb', 'http://localhost.evil.example:1/cb'],
    ['http://localhost/cb', 'http://x@localhost:51004/cb'],
    ['https://localhost/cb', 'https://localhost:51004/cb'],
    ['https://app.example/cb', 'https://app.example:8443/cb'],
  ])('…and nothing else: %s, %s for a native client', (registered, requested) => {
    expect(refusalOf(() => matchRedirectUri([registered], requested, true, true)).code).toBe('invalid_request');
  });

  it('names the field that would allow another port', () => {
    const refusal = refusalOf(() => matchRedirectUri(['http://localhost/cb'], 'http://localhost:51004/cb', true));
    expect(refusal.hint).toContain('application_type native');
  });

  it('either returns the text that was sent or refuses', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.webUrl(), fc.string()), { maxLength: 4 }),
        fc.string({ minLength: 1 }),
        (uris, text) => {
          for (const requested of [...uris.filter((uri) => uri !== ''), text]) {
            try {
              expect(matchRedirectUri(uris, requested, true)).toBe(requested);
            } catch (error) {
              expect(error).toBeInstanceOf(OAuthError);
            }
          }
        },
      ),
    );
  });
});

describe('which redirect URIs are what', () => {
  it.each([
    // uri, may be registered, may carry a code, is https or local
    ['https://a.example/cb', true, true, true],
    ['http://a.example', true, false, false],
    ['http://localhost/cb', true, true, true],
    ['http://app.localhost:3000/cb', true, true, true],
    ['http://127.0.0.1:1/cb', true, true, true],
    ['http://127.9.9.9/cb', true, true, true],
    ['http://[::1]/cb', true, true, true],
    ['http://localhost.evil.example/cb', true, false, false],
    ['http://localhost@evil.example/cb', true, false, false],
    ['app://x', true, true, false],
    ['myapp:cb', true, true, false],
    ['urn:ietf:wg:oauth:2.0:oob', true, true, false],
    ['/cb', true, true, false],
    ['//a.example/cb', true, true, false],
    ['', false, true, false],
    ['foo', false, true, false],
    ['https://a b.example/', false, false, false],
    ['https://a.example/cb#', false, true, true],
    ['https://a.example/#x', false, true, true],
    ['javascript:alert(1)', false, true, false],
    ['JavaScript:alert(1)', false, true, false],
    ['data:text/html,x', false, true, false],
    ['https://a.example/\n', false, false, false],
    ['https://a.example:port/', false, false, false],
    ['https://a.example/%zz', false, false, false],
    ['1a:b', false, false, false],
  ])('%s', (uri, valid, secure, httpsOrLocal) => {
    expect([isValidRedirectUri(uri), isSecureRedirectUri(uri), isHttpsOrLocal(uri)]).toEqual([
      valid,
      secure,
      httpsOrLocal,
    ]);
  });
});

describe('withQuery and withFragment', () => {
  it('keep the own query and leave out what has no value', () => {
    const params = { code: 'a b', scope: 'x*~', nothing: undefined, state: '' };
    expect(withQuery('https://a.example/cb', params)).toBe('https://a.example/cb?code=a+b&scope=x%2A~&state=');
    expect(withQuery('https://a.example/cb?x=%20', params)).toBe(
      'https://a.example/cb?x=%20&code=a+b&scope=x%2A~&state=',
    );
    expect(withQuery('https://a.example/cb?', { a: '1' })).toBe('https://a.example/cb?a=1');
    expect(withQuery('https://a.example/cb?x&', { a: '1' })).toBe('https://a.example/cb?x&a=1');
    expect(withQuery('https://a.example/cb??', { a: '1' })).toBe('https://a.example/cb??&a=1');
    expect(withQuery('https://a.example/cb#top', { a: '1' })).toBe('https://a.example/cb?a=1#top');
    expect(withQuery('https://a.example/cb', {})).toBe('https://a.example/cb');
    expect(withFragment('https://a.example/cb?x=1', { a: '&=#' })).toBe('https://a.example/cb?x=1#a=%26%3D%23');
  });

  it('write what a header can carry and a parser gets back', () => {
    fc.assert(
      fc.property(
        fc.webUrl({ withQueryParameters: true }),
        fc.string({ unit: 'binary' }),
        fc.string(),
        (uri, value, state) => {
          const written = withQuery(uri, { 'a b': value, state });
          expect(written).toMatch(/^[!-~]+$/);
          const read = new URL(written).searchParams;
          expect(read.getAll('a b').at(-1)).toBe(value);
          expect(read.getAll('state').at(-1)).toBe(state);
        },
      ),
    );
    expect(withQuery('https://a.example/日本 x\ud800', { a: '\ud800' })).toMatch(/^[!-~]+$/);
  });
});

describe('replaceQueryParams', () => {
  it('sorts by name as Hydra does', () => {
    expect(
      replaceQueryParams(
        'https://o.example/oauth2/auth?client_id=c&response_type=code&redirect_uri=https%3A%2F%2Fa.example%2Fcb&scope=openid%20offline&state=s~',
        { login_verifier: 'v' },
      ),
    ).toBe(
      'https://o.example/oauth2/auth?client_id=c&login_verifier=v&redirect_uri=https%3A%2F%2Fa.example%2Fcb&response_type=code&scope=openid+offline&state=s~',
    );
  });

  it('sets, removes, and leaves repeated values in order', () => {
    expect(replaceQueryParams('/a?b=2&a=1&b=1&c=3', { c: undefined, d: '' })).toBe('/a?a=1&b=2&b=1&d=');
    expect(replaceQueryParams('/a?b=2&b=1', { b: '3' })).toBe('/a?b=3');
    expect(replaceQueryParams('/a?b=2#f', { b: undefined })).toBe('/a#f');
    expect(replaceQueryParams('/a', { b: undefined })).toBe('/a');
  });

  it('is stable when done again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        const once = replaceQueryParams(`/a?${new URLSearchParams(pairs)}`, { v: '1' });
        expect(replaceQueryParams(once, { v: '1' })).toBe(once);
      }),
    );
  });
});
