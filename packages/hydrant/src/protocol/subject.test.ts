import { describe, expect, it } from 'vitest';
import { pairwiseSubject, sectorOf } from './subject.js';

describe('pairwise subjects', () => {
  it('are the hash of sector, subject and salt in a row', () => {
    expect(pairwiseSubject('client.example.com', 'alice', 'some-salt-value')).toBe(
      '3639106980476ab4ef0ff2944c6e7e15fcfcdcad541eed59ca6fd28990e71e38',
    );
  });

  it.each([
    [{ redirect_uris: ['https://client.example.com/cb'] }, 'client.example.com'],
    [{ redirect_uris: ['https://client.example.com:8443/cb'] }, 'client.example.com:8443'],
    [{ redirect_uris: ['https://a.example/cb'], sector_identifier_uri: '' }, 'a.example'],
    [
      { redirect_uris: ['https://a/1', 'https://b/2'], sector_identifier_uri: 'https://s.example/x.json' },
      'https://s.example/x.json',
    ],
  ])('sector of %j', (client, sector) => expect(sectorOf(client)).toBe(sector));

  it('cannot be made up for a client with no or several hosts', () => {
    for (const redirect_uris of [[], ['https://a.example/1', 'https://a.example/2']]) {
      expect(() => sectorOf({ redirect_uris })).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    }
  });
});
