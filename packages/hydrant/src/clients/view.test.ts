import { describe, expect, test } from 'vitest';
import type { Client } from '../model/client.js';
import { readClientMetadata, validateClientMetadata } from '../protocol/client-metadata.js';
import { clientView } from './view.js';

function givenClient(body: Record<string, unknown>): Client {
  const metadata = validateClientMetadata(readClientMetadata(body), {
    subjectTypes: ['public'],
    defaultScope: ['openid'],
  });
  const at = Date.parse('2030-01-01T00:00:00Z');
  const times = { bornAt: at, createdAt: at, updatedAt: at, accessTokensRevokedAt: null };
  return { id: 'a', metadata, secrets: [], registrationToken: 'digest', ...times, revision: 0 };
}

describe('a client with nothing but defaults', () => {
  const plain = [
    ...['client_id', 'client_name', 'redirect_uris', 'grant_types', 'response_types', 'scope', 'audience', 'owner'],
    ...['policy_uri', 'allowed_cors_origins', 'tos_uri', 'client_uri', 'logo_uri', 'contacts'],
    ...['client_secret_expires_at', 'subject_type', 'jwks', 'token_endpoint_auth_method'],
    ...['userinfo_signed_response_alg', 'created_at', 'updated_at', 'metadata'],
  ];

  test('has the members of 1.7, in its order', () => {
    const shown = clientView(givenClient({}), { newerMembers: 'where-set' });
    expect(Object.keys(shown)).toEqual(plain);
    expect(shown).toMatchObject({ redirect_uris: [], jwks: {}, metadata: {}, created_at: '2030-01-01T00:00:00Z' });
  });

  test('has the newer members too where they are always shown, lifespans null, nothing else null', () => {
    const shown = clientView(givenClient({}), { newerMembers: 'always' });
    expect(Object.keys(shown).slice(0, plain.length + 2)).toEqual([...plain, 'skip_consent', 'skip_logout_consent']);
    const spans = Object.entries(shown).slice(plain.length + 2);
    expect(spans).toHaveLength(13);
    expect(spans.every(([name, value]) => name.endsWith('_lifespan') && value === null)).toBe(true);
    expect(Object.keys(shown).join()).not.toContain('password');
  });
});

test('a secret is shown where it is given, and only there', () => {
  const client = { ...givenClient({}), secrets: [{ hash: '$scrypt$…', created: 0, expires: null }] };
  expect(clientView(client, { newerMembers: 'always', secret: 's3cret' }).client_secret).toBe('s3cret');
  expect(JSON.stringify(clientView(client, { newerMembers: 'always' }))).not.toMatch(/secret"|scrypt|digest/);
});

test('newer members are shown to older callers where they have a value, in Go notation', () => {
  const client = givenClient({
    skip_consent: true,
    access_token_strategy: 'jwt',
    client_credentials_grant_access_token_lifespan: '90m',
    password_grant_access_token_lifespan: '1s',
  });
  const shown = clientView(client, { newerMembers: 'where-set' });
  expect(Object.keys(shown).slice(-4)).toEqual([
    'access_token_strategy',
    'skip_consent',
    'client_credentials_grant_access_token_lifespan',
    'password_grant_access_token_lifespan',
  ]);
  expect(shown.client_credentials_grant_access_token_lifespan).toBe('1h30m0s');
});

test('flags and texts of newer standards appear where they are set', () => {
  const shown = clientView(
    givenClient({
      backchannel_logout_uri: 'https://a.example/',
      backchannel_logout_session_required: true,
      metadata: null,
    }),
    { newerMembers: 'where-set' },
  );
  expect(shown).toMatchObject({ backchannel_logout_session_required: true, metadata: null });
  expect(shown).not.toHaveProperty('frontchannel_logout_uri');
});
