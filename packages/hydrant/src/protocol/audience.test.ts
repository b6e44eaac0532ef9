import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversAudience, parseAudience } from './audience.js';

describe('parseAudience', () => {
  it('takes lists and repetition together', () => {
    expect(parseAudience(['https://a  https://b', '', 'https://b', 'https://c'])).toEqual([
      'https://a',
      'https://b',
      'https://c',
    ]);
  });
});

describe('coversAudience', () => {
  const registered = ['https://api.example.com/v1/'];

  it.each([
    'https://api.example.com/v1',
    'https://api.example.com/v1/',
    'https://api.example.com/v1/x',
    'HTTPS://api.example.com/v1',
  ])('allows %s', (audience) => expect(coversAudience(registered, [audience])).toBeUndefined());

  it.each([
    'https://api.example.com/v1x',
    'https://api.example.com/',
    'https://API.example.com/v1',
    'http://api.example.com/v1',
    'https://api.example.com:443/v1',
    'https://me@api.example.com/v1',
    'https://api.example.com.evil.example/v1',
    'nonsense',
    'https://api.example.com\\@evil.example/v1',
  ])('refuses %s', (audience) => expect(coversAudience(registered, [audience])).toBe(audience));

  it('takes words and URNs as paths', () => {
    expect(coversAudience(['my-api', 'urn:thing'], ['my-api', 'urn:thing'])).toBeUndefined();
    expect(coversAudience(['urn:thing'], ['urn:other'])).toBe('urn:other');
  });

  it('stops a parent of the registered path', () => {
    expect(coversAudience(['https://a.example/v1'], ['https://a.example/v10'])).toBe('https://a.example/v10');
    expect(coversAudience(['https://a.example'], ['https://a.example/any'])).toBeUndefined();
  });

  it('names the first that is not allowed, and allows nothing to a client without any', () => {
    expect(coversAudience(registered, ['https://api.example.com/v1', 'b', 'c'])).toBe('b');
    expect(coversAudience([], ['https://api.example.com/v1'])).toBe('https://api.example.com/v1');
    expect(coversAudience([], [])).toBeUndefined();
  });

  it('allows every web address to itself', () => {
    fc.assert(
      fc.property(fc.webUrl(), (uri) => {
        expect(coversAudience([uri], [uri])).toBeUndefined();
      }),
    );
  });
});
