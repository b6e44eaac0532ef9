import { expect, test } from 'vitest';
import { loadConfig } from './load.js';
import { redact, redactDsn } from './redact.js';

test('a planted secret never appears', () => {
  const config = loadConfig({
    env: {
      DSN: 'memory',
      SECRETS_SYSTEM: 'planted-system-secret-1,planted-system-secret-2',
      SECRETS_COOKIE: 'planted-cookie-secret-1',
      SECRETS_PAGINATION: 'planted-pages-secret-1',
      OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'planted-salt',
      HSM_PIN: 'planted-pin',
      OAUTH2_TOKEN_HOOK:
        '{"url":"https://hook.example/?key=planted","auth":{"type":"api_key","config":{"in":"header","name":"x","value":"planted"}}}',
      SERVE_TLS_KEY_BASE64: 'planted-key',
      SERVE_ADMIN_TLS_KEY_BASE64: 'planted-key',
      TRACING_PROVIDERS: '{"otlp":{"authorization_header":"planted"}}',
    },
  });
  const shown = redact(config);
  expect(JSON.stringify(shown)).not.toContain('planted');
  expect(shown).toMatchObject({
    dsn: 'memory',
    secrets: { system: ['[redacted]', '[redacted]'], cookie: ['[redacted]'] },
    serve: { public: { port: 4444 } },
  });
});

test.each([
  ['memory', 'memory'],
  ['sqlite:///data/db.sqlite?_fk=true', 'sqlite:///data/db.sqlite?_fk=true'],
  ['postgres://user:planted@db:5432/x?sslmode=disable', 'postgres://[redacted]@db:5432/x?sslmode=disable'],
  ['postgres://user:pl@nted@db/x', 'postgres://[redacted]@db/x'],
  ['postgres://db/x?user=u&password=planted', 'postgres://db/x?[redacted]'],
  ['postgres://db/x?user=planted', 'postgres://db/x?[redacted]'],
  ['postgres://db/x?sslkey=a&sslpassword=planted', 'postgres://db/x?[redacted]'],
  ['postgres://user:plan/ted?#@db/x', 'postgres://[redacted]@db/x'],
  ['postgres://user:planted@[::1]:5432/x', 'postgres://[redacted]@[::1]:5432/x'],
  ['mysql://user:planted@tcp(db:3306)/x?tls=true', 'mysql://[redacted]@tcp(db:3306)/x?tls=true'],
  ['mysql://user:pl/an@te?d@unix(/run/m.sock)/x', 'mysql://[redacted]@unix(/run/m.sock)/x'],
  ['user:planted@tcp(db:3306)/x', '[redacted]@tcp(db:3306)/x'],
  ['sqlite:///data/a@b.sqlite?_auth_pass=planted', 'sqlite:///data/a@b.sqlite?[redacted]'],
])('the database %s is shown as %s', (dsn, shown) => {
  expect(redactDsn(dsn)).toBe(shown);
});
