import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResource, requireTargets } from './resource.js';

const REFUSED = expect.objectContaining({ code: 'invalid_target', status: 400 });

describe('parseResource', () => {
  it('takes absolute URIs, each once, and passes over empty values', () => {
    const [api, urn] = ['https://api.example/?tenant=1', 'urn:example:api'];
    expect(parseResource([api, '', urn, api])).toEqual([api, urn]);
    expect(parseResource([])).toEqual([]);
  });

  it.each(['/relative', 'api', '//api.example', 'https://api.example/#part', 'https://api.example/#', 'https://a b'])(
    'refuses %s',
    (value) => expect(() => parseResource(['https://api.example/', value])).toThrow(REFUSED),
  );

  it('takes a list for one URI, which it is not', () => {
    expect(() => parseResource(['https://a.example https://b.example'])).toThrow(REFUSED);
  });

  it('refuses or returns what was sent, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ withFragments: true })), (value) => {
        try {
          expect(parseResource([value])).toEqual(value === '' ? [] : [value]);
          expect(value).not.toMatch(/[#\s]/);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== 'OAuthError') throw error;
        }
      }),
    );
  });
});

describe('requireTargets', () => {
  it('allows what is there and what lies below it', () => {
    const allowed = ['https://api.example/v1', 'urn:example:api'];
    expect(() => requireTargets(allowed, ['https://api.example/v1/orders', 'urn:example:api'], 'No')).not.toThrow();
    for (const foreign of ['https://api.example/v2', 'https://other.example/v1', 'urn:example:other'])
      expect(() => requireTargets(allowed, [foreign], 'No')).toThrow(REFUSED);
  });
});
