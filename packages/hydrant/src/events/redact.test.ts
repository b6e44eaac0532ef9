import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEvents } from './create-events.js';
import { redact } from './redact.js';

const random = createHash('sha256').update('planted').digest();
const SECRETS = {
  accessToken: `ory_at_${random.toString('base64url')}.${random.toString('base64url')}`,
  jwt: `eyJhbGciOiJub25lIn0.${Buffer.from('{"sub":"anna"}').toString('base64url')}.c2ln`,
  code: `ory_ac_${random.toString('base64url')}.mac`,
  verifier: random.toString('base64url'),
  hex: random.toString('hex'),
  password: 'tr0ub4dor&3',
};

/** Ways in which text of others has been seen to carry a secret. */
const CARRIERS: readonly ((secret: string) => string)[] = [
  (s) => `Failed to parse URL from https://app.example/cb?code=${encodeURIComponent(s)}&state=x`,
  (s) => `connect to https://app.example/cb#access_token=${encodeURIComponent(s)} failed`,
  (s) => `header "Authorization: Bearer ${encodeURIComponent(s)}" is invalid`,
  (s) => `Unexpected token in {"client_secret":"${s}"}`,
  (s) => `cannot reach postgres://hydrant:${encodeURIComponent(s)}@db:5432/hydrant`,
  (s) => `body was client_secret=${s}`,
];

describe('no secret reaches the log', () => {
  test('whichever event others put one into', () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => lines.push(line) };
    for (const format of ['text', 'json', 'json_pretty'] as const) {
      const events = createEvents({ level: 'trace', format, version: '0', stream });
      for (const secret of Object.values(SECRETS)) {
        for (const carry of CARRIERS) {
          const text = carry(secret);
          const withMembers = Object.assign(new Error(text), {
            input: text,
            body: secret,
            headers: { cookie: secret },
          });
          events.unexpected(new Error('outer', { cause: withMembers }), 'endpoint');
          events.tokenRefused('authorization_code', 'invalid_grant', 'client', text);
          events.logoutNoticeFailed('client', 1, text);
          events.logoutNoticeGivenUp('client', 1, text);
          events.loginRejected('client', text);
          events.consentRejected('client', text);
          events.warning(text);
        }
        events.request({
          listener: 'public',
          method: 'GET',
          endpoint: `/oauth2/auth?login_verifier=${secret}`,
          status: 302,
          seconds: 1,
          requestBytes: 1,
          responseBytes: 1,
          log: true,
        });
      }
    }
    const log = lines.join('');
    expect(lines.length).toBeGreaterThan(100);
    for (const secret of Object.values(SECRETS)) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(encodeURIComponent(secret));
    }
    expect(log).toContain('[redacted]');
  });

  test('where it stands bare, if it looks random', () => {
    const { password: _, ...randoms } = SECRETS;
    for (const secret of Object.values(randoms)) expect(redact(`got ${secret} instead`)).toBe('got [redacted] instead');
  });
});

describe('what helps to find a bug stays', () => {
  test.each([
    'SQLITE_CONSTRAINT_PRIMARYKEY: UNIQUE constraint failed: oauth_clients.client_identifier',
    'at acceptOAuth2LoginRequest (file:///srv/hydrant/dist/http/admin/accept-login-request.js:12:34)',
    'family 0190c5a2-7b3c-7def-8a12-3456789abcde is gone',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'getaddrinfo ENOTFOUND database-primary-eu-west-1.internal.example',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

test('a value that is secret by its name or place is gone, whatever it is and whatever stands around', () => {
  const value = fc.uint8Array({ minLength: 4, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
  const around = fc.stringMatching(/^[ -~]{0,20}$/);
  fc.assert(
    fc.property(value, around, fc.constantFrom(...CARRIERS), (secret, text, carry) => {
      const carried = carry(`Q${secret}Q`);
      expect(redact(`${text} ${carried} ${text}`)).not.toContain(`Q${secret}Q`);
    }),
  );
});
