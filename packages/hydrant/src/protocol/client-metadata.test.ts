import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClientMetadata,
  type ClientMetadataRules,
  LIFESPAN_FIELDS,
  readClientMetadata,
  SECOND_GENERATION_FIELDS,
  validateClientMetadata,
} from './client-metadata.js';
import { OAuthError } from './errors.js';

const RULES: ClientMetadataRules = {
  subjectTypes: ['public', 'pairwise'],
  defaultScope: ['offline_access', 'offline', 'openid'],
};
const JWKS = { keys: [{ kty: 'EC' }] };

function validate(body: Record<string, unknown>, rules: Partial<ClientMetadataRules> = {}): ClientMetadata {
  return validateClientMetadata(readClientMetadata(body), { ...RULES, ...rules });
}

/** Code and hint of the refusal, for an assertion in one line. */
function refusalOf(body: Record<string, unknown>, rules: Partial<ClientMetadataRules> = {}): string {
  try {
    validate(body, rules);
  } catch (error) {
    if (error instanceof OAuthError) return `${error.code}: ${error.hint}`;
    throw error;
  }
  return 'none';
}

describe('readClientMetadata', () => {
  it('takes names in any case, the last of them, and passes unknown ones over', () => {
    expect(
      readClientMetadata({ SCOPE: 'a', Scope: 'b', Client_ID: 'c', no_such_field: { a: 1 }, __proto__x: 1 }),
    ).toEqual({
      scope: 'b',
      client_id: 'c',
    });
  });

  it('takes null and {} keys for not set, but keeps null as metadata', () => {
    expect(readClientMetadata({ scope: 'a', SCOPE: null, redirect_uris: null, skip_logout_consent: null })).toEqual({});
    expect(readClientMetadata({ jwks: {} })).toEqual({});
    expect(readClientMetadata({ jwks: { keys: [] } })).toEqual({});
    expect(readClientMetadata({ jwks: { keys: null } })).toEqual({});
    expect(readClientMetadata({ jwks: JWKS })).toEqual({ jwks: JWKS });
    expect(readClientMetadata({ metadata: null })).toEqual({ metadata: null });
    expect(readClientMetadata({ metadata: [1] })).toEqual({ metadata: [1] });
  });

  it('reads durations and times', () => {
    expect(
      readClientMetadata({
        client_credentials_grant_access_token_lifespan: '90m',
        implicit_grant_id_token_lifespan: null,
        created_at: '2001-01-01T00:00:00Z',
        updated_at: '2001-01-01T00:00:00Z',
        client_secret_expires_at: 99,
      }),
    ).toEqual({ client_credentials_grant_access_token_lifespan: 5_400_000, created_at: Date.UTC(2001, 0, 1) });
  });

  it.each([
    ['scope', ['a']],
    ['redirect_uris', 'https://a.example/cb'],
    ['redirect_uris', ['a', 1]],
    ['client_name', 1],
    ['skip_consent', 'true'],
    ['jwks', []],
    ['jwks', '{}'],
    ['jwks', { keys: {} }],
    ['client_secret_expires_at', '99'],
    ['created_at', 'yesterday'],
    ['updated_at', 1],
    ['client_credentials_grant_access_token_lifespan', 'soon'],
    ['client_credentials_grant_access_token_lifespan', ''],
    ['client_credentials_grant_access_token_lifespan', 60],
  ])('refuses %s = %j and names the field', (field, value) => {
    expect(() => readClientMetadata({ [field.toUpperCase()]: value })).toThrow(
      expect.objectContaining({
        code: 'The request was malformed or contained invalid parameters',
        status: 400,
        hint: expect.stringContaining(field),
      }),
    );
  });

  it('passes over what the first generation does not know, whatever it holds', () => {
    const body = {
      access_token_strategy: 7,
      skip_consent: 'x',
      Device_Authorization_Grant_Id_Token_Lifespan: 'soon',
      owner: 'o',
    };
    expect(readClientMetadata(body, SECOND_GENERATION_FIELDS)).toEqual({ owner: 'o' });
  });

  it('either reads or refuses, whatever is sent', () => {
    const names = fc.constantFrom(
      'scope',
      'jwks',
      'redirect_uris',
      'skip_consent',
      'metadata',
      'created_at',
      LIFESPAN_FIELDS[0],
    );
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue()), (body) => {
        try {
          validate(body);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          expect(error).toMatchObject({ status: 400 });
        }
      }),
    );
  });
});

describe('validateClientMetadata: defaults', () => {
  it('fills in what Hydra fills in', () => {
    const client = validate({});
    expect(client).toMatchObject({
      scope: 'offline_access offline openid',
      subject_type: 'public',
      token_endpoint_auth_method: 'client_secret_basic',
      userinfo_signed_response_alg: 'none',
      metadata: {},
      jwks: null,
      redirect_uris: [],
      grant_types: [],
      response_types: [],
      skip_consent: false,
      skip_logout_consent: null,
      access_token_strategy: '',
    });
    for (const field of LIFESPAN_FIELDS) expect(client[field]).toBeNull();
    expect(LIFESPAN_FIELDS).toHaveLength(15);
    expect(Object.keys(client)).not.toContain('client_secret');
  });

  it('keeps everything that was set', () => {
    const body = {
      ...{
        client_name: 'Every Field',
        redirect_uris: ['https://app.example.com/callback?x=1'],
        grant_types: ['implicit'],
      },
      ...{ response_types: ['code id_token token'], scope: 'openid a.b c.*', audience: ['urn:thing'], owner: 'o' },
      ...{ policy_uri: 'https://a.example/p', tos_uri: 'https://a.example/t', client_uri: 'https://a.example' },
      ...{ logo_uri: 'https://a.example/l.png', contacts: ['a@example.com'], subject_type: 'pairwise' },
      ...{ token_endpoint_auth_method: 'client_secret_post', request_uris: ['https://a.example/r'] },
      ...{ request_object_signing_alg: 'RS256', userinfo_signed_response_alg: 'RS256', jwks: JWKS },
      ...{ frontchannel_logout_uri: 'https://a.example/f', frontchannel_logout_session_required: true },
      ...{ backchannel_logout_uri: 'https://a.example/b', backchannel_logout_session_required: true },
      ...{ post_logout_redirect_uris: ['https://app.example.com/bye'], metadata: { nested: { list: [1, null] } } },
      ...{ access_token_strategy: 'jwt', skip_consent: true, skip_logout_consent: false },
    };
    expect(validate(body)).toMatchObject(body);
  });

  it('takes the first subject type of a server without public, and the scope for an empty one', () => {
    expect(validate({}, { subjectTypes: ['pairwise'] }).subject_type).toBe('pairwise');
    expect(validate({ scope: '', subject_type: '' }).scope).toBe('offline_access offline openid');
  });

  it('writes origins and strategies in one form', () => {
    expect(
      validate({
        allowed_cors_origins: [
          'https://a.example/',
          'HTTPS://A.EXAMPLE',
          'https://*.a.example',
          'http://localhost:3000',
        ],
      }).allowed_cors_origins,
    ).toEqual(['https://a.example', 'https://A.EXAMPLE', 'https://*.a.example', 'http://localhost:3000']);
    expect(validate({ access_token_strategy: 'JWT' }).access_token_strategy).toBe('jwt');
  });
});

describe('validateClientMetadata: rules', () => {
  it.each([
    [{ token_endpoint_auth_method: 'bogus' }],
    [{ grant_types: ['bogus'], response_types: ['bogus code'] }],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks: JWKS, token_endpoint_auth_signing_alg: 'ES256' }],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/jwks.json' }],
    [{ jwks: {}, jwks_uri: 'https://a.example/jwks.json' }],
    [{ token_endpoint_auth_signing_alg: 'HS256' }],
    [{ client_secret: 'wire-6' }],
    [{ client_secret: 'äöü' }],
    [{ redirect_uris: ['/cb', 'app://x', 'http://127.0.0.1/cb', 'urn:ietf:wg:oauth:2.0:oob', '//a.example/cb'] }],
    [
      {
        redirect_uris: ['https://a.example/cb', 'https://b.example/cb'],
        post_logout_redirect_uris: ['https://b.example/x'],
      },
    ],
    [{ redirect_uris: ['myapp:cb'], post_logout_redirect_uris: ['myapp:bye'] }],
    [{ sector_identifier_uri: 'https://a.example/sector.json' }],
  ])('accepts %j', (body) => expect(refusalOf(body)).toBe('none'));

  it.each([
    [{ token_endpoint_auth_method: 'private_key_jwt' }, /jwks/],
    [{ token_endpoint_auth_method: 'private_key_jwt', jwks: {} }, /jwks/],
    [
      { token_endpoint_auth_method: 'private_key_jwt', jwks: JWKS, token_endpoint_auth_signing_alg: 'HS256' },
      /signing_alg/,
    ],
    [{ jwks: JWKS, jwks_uri: 'https://a.example/jwks.json' }, /jwks_uri/],
    [{ tos_uri: 'javascript:alert(1)' }, /tos_uri/],
    [{ logo_uri: 'foo' }, /logo_uri/],
    [{ client_secret: '12345' }, /client_secret/],
    [{ allowed_cors_origins: ['https://a.example/x'] }, /allowed_cors_origins/],
    [{ allowed_cors_origins: ['ftp://a.example'] }, /allowed_cors_origins/],
    [{ allowed_cors_origins: ['https://u:p@a.example'] }, /user or password/],
    [{ allowed_cors_origins: ['https://a.example?x'] }, /query/],
    [{ allowed_cors_origins: ['https://a.example#x'] }, /fragment/],
    [{ allowed_cors_origins: ['a.example'] }, /allowed_cors_origins/],
    [{ allowed_cors_origins: [''] }, /allowed_cors_origins/],
    [{ allowed_cors_origins: ['https://'] }, /allowed_cors_origins/],
    [{ sector_identifier_uri: 'http://127.0.0.1:1/sector.json' }, /sector_identifier_uri/],
    [{ userinfo_signed_response_alg: 'ES256' }, /userinfo_signed_response_alg/],
    [{ subject_type: 'bogus' }, /subject_type.*public, pairwise/],
    [
      { redirect_uris: ['https://a.example/cb'], post_logout_redirect_uris: ['https://a.example:1234/'] },
      /post_logout/,
    ],
    [{ redirect_uris: ['https://a.example/cb'], post_logout_redirect_uris: ['https://a.example:443/'] }, /post_logout/],
    [{ redirect_uris: ['https://a.example/cb'], post_logout_redirect_uris: ['http://a.example/'] }, /post_logout/],
    [{ post_logout_redirect_uris: ['https://a.example/'] }, /post_logout/],
    [{ access_token_strategy: 'bogus' }, /access_token_strategy/],
  ])('refuses %j', (body, hint) => {
    const refusal = refusalOf(body);
    expect(refusal).toMatch(/^invalid_client_metadata: /);
    expect(refusal).toMatch(hint);
  });

  it.each(['', 'foo', 'https://a b.example/', 'https://a.example/cb#', 'https://a.example/#x', 'javascript:alert(1)'])(
    'refuses the redirect URI %j under its own name',
    (uri) =>
      expect(refusalOf({ redirect_uris: ['https://a.example/cb', uri] })).toMatch(
        /^invalid_redirect_uri: .*redirect_uris/,
      ),
  );

  it('lets the first generation say what it likes about informational URIs', () => {
    expect(refusalOf({ tos_uri: 'javascript:alert(1)' }, { informationalUris: 'unchecked' })).toBe('none');
  });

  it('stops at the first thing wrong, in the order that callers know', () => {
    const wrong: [field: string, value: unknown][] = [
      ['token_endpoint_auth_method', 'private_key_jwt'],
      ['tos_uri', 'foo'],
      ['client_secret', '1'],
      ['allowed_cors_origins', ['nonsense']],
      ['sector_identifier_uri', 'http://a.example'],
      ['userinfo_signed_response_alg', 'bogus'],
      ['redirect_uris', ['foo']],
      ['subject_type', 'bogus'],
      ['post_logout_redirect_uris', ['https://b.example/']],
      ['access_token_strategy', 'bogus'],
    ];
    wrong.forEach(([field], index) => {
      const body = Object.fromEntries(wrong.slice(index).reverse());
      expect(refusalOf(body)).toContain(field);
      expect(refusalOf(body)).not.toBe(refusalOf(Object.fromEntries(wrong.slice(index + 1).reverse())));
    });
  });
});
