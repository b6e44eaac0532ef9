import { describe, expect, it } from 'vitest';
import { type AccessTokenInput, accessTokenClaims, idTokenClaims, rfc9068Claims, userinfoClaims } from './claims.js';

describe('idTokenClaims', () => {
  it('lets the consent app add claims but not forge one, not even an absent one', () => {
    const forged = {
      email: 'al@example.com',
      sub: 'forged',
      iss: 'forged',
      nonce: 'forged',
      acr: 'forged',
      sid: 'forged',
    };
    expect(idTokenClaims(forged, { iss: 'https://o.example', sub: 'alice', nonce: undefined })).toEqual({
      email: 'al@example.com',
      iss: 'https://o.example',
      sub: 'alice',
    });
  });

  it('does not let a name reach the prototype', () => {
    const claims = idTokenClaims(JSON.parse('{"__proto__":{"sub":"forged"}}'), {});
    expect(claims.sub).toBeUndefined();
  });
});

describe('userinfoClaims', () => {
  const claims = {
    ...{ iss: 'https://o.example', sub: 'alice', aud: ['app'], exp: 2, iat: 1, auth_time: 1, rat: 1, jti: 'j' },
    ...{ nonce: 'n', at_hash: 'h', c_hash: 'h', sid: 's', acr: 'urn:a', amr: ['pwd'], email: 'al@example.com' },
  };

  it('shows the second generation’s choice', () => {
    expect(userinfoClaims(claims, 'app')).toEqual({
      ...{ iss: 'https://o.example', sub: 'alice', aud: ['app'], iat: 1, auth_time: 1, rat: 1 },
      ...{ acr: 'urn:a', amr: ['pwd'], email: 'al@example.com' },
    });
  });

  it('always has the client among the audience', () => {
    expect(userinfoClaims({ iss: 'i', aud: ['x'] }, 'app').aud).toEqual(['x', 'app']);
    expect(userinfoClaims({ iss: 'i', aud: 'x' }, 'app').aud).toEqual(['x', 'app']);
    expect(userinfoClaims({ iss: 'i', iat: 1 }, 'app')).toEqual({ iss: 'i', iat: 1, aud: ['app'] });
  });
});

describe('accessTokenClaims', () => {
  const input: AccessTokenInput = {
    ...{ issuer: 'https://o.example', subject: 'alice', clientId: 'app', audience: [], scope: ['openid', 'a'] },
    ...{ issuedAt: 100, expiresAt: 3700, tokenId: 'j', extra: {} },
    ...{ scopeClaim: 'list', allowedTopLevelClaims: [], mirrorTopLevelClaims: true, excludeNotBefore: false },
  };
  const standard = { iss: 'https://o.example', sub: 'alice', aud: [], client_id: 'app', iat: 100, exp: 3700, jti: 'j' };

  it('has list, nbf and ext by default', () => {
    expect(accessTokenClaims(input)).toEqual({ ...standard, scp: ['openid', 'a'], nbf: 100, ext: {} });
  });

  it('writes the scope as told', () => {
    expect(accessTokenClaims({ ...input, scopeClaim: 'string' })).toEqual({
      ...standard,
      scope: 'openid a',
      nbf: 100,
      ext: {},
    });
    expect(accessTokenClaims({ ...input, scopeClaim: 'both' })).toMatchObject({
      scope: 'openid a',
      scp: ['openid', 'a'],
    });
  });

  it('lifts what is allowed and never a claim of its own', () => {
    const extra = { role: 'admin', other: 1, sub: 'forged', scp: ['all'], ext: 'forged', nbf: 0 };
    const allowedTopLevelClaims = ['role', 'sub', 'scp', 'ext', 'nbf', 'missing'];
    expect(
      accessTokenClaims({
        ...input,
        extra,
        allowedTopLevelClaims,
        excludeNotBefore: true,
        mirrorTopLevelClaims: false,
      }),
    ).toEqual({
      ...standard,
      scp: ['openid', 'a'],
      role: 'admin',
    });
    expect(accessTokenClaims({ ...input, extra, allowedTopLevelClaims })).toEqual({
      ...standard,
      ...{ scp: ['openid', 'a'], role: 'admin', nbf: 100, ext: extra },
    });
  });
});

describe('rfc9068Claims', () => {
  const input = {
    ...{ issuer: 'https://o.example', subject: 'alice', clientId: 'app', audience: ['https://api.example'] },
    ...{ scope: ['openid', 'a'], issuedAt: 100, expiresAt: 3700, tokenId: 'j', extra: {} },
    ...{ allowedTopLevelClaims: [], mirrorTopLevelClaims: true, excludeNotBefore: true },
    login: { at: 90, acr: 'urn:a', amr: ['pwd'] },
  };
  const required = { iss: 'https://o.example', sub: 'alice', client_id: 'app', iat: 100, exp: 3700, jti: 'j' };

  it('has what §2.2 requires, and the login', () => {
    expect(rfc9068Claims(input)).toEqual({
      ...required,
      ...{ aud: ['https://api.example'], scope: 'openid a', auth_time: 90, acr: 'urn:a', amr: ['pwd'] },
    });
  });

  it('says nothing of a login or scope that there is not, and is for the issuer by default', () => {
    const bare = { ...input, audience: [], scope: [], login: undefined };
    expect(rfc9068Claims(bare)).toEqual({ ...required, aud: ['https://o.example'] });
    expect(rfc9068Claims({ ...input, login: { at: 90, acr: '', amr: [] } })).not.toHaveProperty('acr');
  });

  it('keeps its own claims from being lifted over', () => {
    const extra = { scope: 'admin', auth_time: 1, acr: 'forged', amr: ['forged'], tier: 'gold' };
    const forged = { ...input, extra, allowedTopLevelClaims: Object.keys(extra), login: undefined };
    const claims = rfc9068Claims(forged);
    expect(claims).toMatchObject({ scope: 'openid a', tier: 'gold', ext: extra });
    for (const name of ['auth_time', 'acr', 'amr']) expect(claims).not.toHaveProperty(name);
  });
});
