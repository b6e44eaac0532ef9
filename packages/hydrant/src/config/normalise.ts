import type { Problem } from './problem.js';
import type { Given } from './read-document.js';

/** The parsed values while they are being completed: by full key path, `undefined` where nobody gave one. */
export interface Draft {
  readonly values: Map<string, unknown>;
  /** What was given, to tell a default from a choice. */
  readonly given: ReadonlyMap<string, Given>;
  readonly problems: Problem[];
  readonly warnings: string[];
}

const LISTENERS = ['public', 'admin'] as const;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Fills in what follows from other settings, translates keys of Hydra 1.x, and checks settings against one another. */
export function normalise(draft: Draft): void {
  forceHttp(draft);
  tlsFallbacks(draft);
  hosts(draft);
  drain(draft);
  dataSource(draft);
  issuer(draft);
  caps(draft);
  pairwise(draft);
  userCode(draft);
  hashers(draft);
  hooks(draft);
}

/** Hydra 1.x served https unless told otherwise; here http is the default, so the word only switches TLS off again. */
function forceHttp({ values, problems, warnings }: Draft): void {
  const exempt = values.get('dangerous-allow-insecure-redirect-urls');
  if (Array.isArray(exempt) && exempt.length > 0 && values.get('dev') !== true) {
    problems.push({
      path: 'dangerous-allow-insecure-redirect-urls',
      reason: 'single exemptions from the https rule are not supported; development mode (--dev) lifts it altogether',
    });
  }
  if (values.get('dangerous-force-http') !== true) return;
  for (const block of ['serve.tls', 'serve.public.tls', 'serve.admin.tls']) values.set(`${block}.enabled`, false);
  warnings.push(
    'dangerous-force-http is of Hydra 1.x: plain http is the default now (serve.tls.enabled: false); for an http issuer use --dev',
  );
}

function tlsFallbacks({ values, given, problems, warnings }: Draft): void {
  for (const block of ['serve.tls', 'serve.public.tls', 'serve.admin.tls']) {
    for (const part of ['key', 'cert']) {
      if (given.has(`${block}.${part}.path`) && given.has(`${block}.${part}.base64`)) {
        problems.push({ path: `${block}.${part}`, reason: 'takes path or base64, not both' });
      }
    }
  }
  const own = (key: string): boolean => values.get(key) !== undefined;
  for (const listener of LISTENERS) {
    const block = `serve.${listener}.tls`;
    for (const name of ['enabled', 'allow_termination_from']) {
      if (!own(`${block}.${name}`)) values.set(`${block}.${name}`, values.get(`serve.tls.${name}`));
    }
    for (const part of ['key', 'cert']) {
      if (own(`${block}.${part}.path`) || own(`${block}.${part}.base64`)) continue;
      for (const form of ['path', 'base64']) {
        values.set(`${block}.${part}.${form}`, values.get(`serve.tls.${part}.${form}`));
      }
    }
    if (values.get(`${block}.enabled`) !== true) {
      if (own(`${block}.key.path`) || own(`${block}.key.base64`)) {
        warnings.push(
          `${block}: there is a key, but TLS is off until serve.tls.enabled is true (in Hydra 1.x it was on by default)`,
        );
      }
      continue;
    }
    for (const part of ['key', 'cert']) {
      if (own(`${block}.${part}.path`) || own(`${block}.${part}.base64`)) continue;
      problems.push({
        path: `${block}.${part}`,
        reason: `is needed where TLS is on: set serve.tls.${part}.path (this server makes no certificate of its own)`,
      });
    }
  }
}

const DRAIN = 5_000;

/** Nobody sends requests on behalf of others to a server that is tried out, and whoever stops it is waiting. */
function drain({ values, given }: Draft): void {
  if (!given.has('serve.drain')) values.set('serve.drain', values.get('dev') === true ? 0 : DRAIN);
}

/** Development mode lets anybody log in, so it listens to this machine alone unless told otherwise. */
function hosts({ values, given }: Draft): void {
  for (const listener of LISTENERS) {
    const key = `serve.${listener}.host`;
    if (!given.has(key)) values.set(key, values.get('dev') === true ? '127.0.0.1' : '0.0.0.0');
    else if (values.get(key) === '') values.set(key, '0.0.0.0');
  }
}

/** What the engines of `sql/dialects` are named by; the folder itself is not for the configuration to import. */
const SCHEMES = /^(sqlite3?|postgres|postgresql|cockroach|mysql|mariadb):/i;

function dataSource({ values, given, problems }: Draft): void {
  const dsn = values.get('dsn');
  if (dsn === undefined || dsn === '') {
    const reason =
      'is not set: name the database by DSN=sqlite:///path/db.sqlite?_fk=true, by DSN=postgres://… or mysql://…, or the key dsn, or use DSN=memory to try things out';
    // A value of a wrong type is a problem already.
    if (!given.has('dsn') || dsn === '') problems.push({ path: 'dsn', reason });
    return;
  }
  if (typeof dsn !== 'string' || dsn === 'memory' || SCHEMES.test(dsn)) return;
  const reason =
    'must be memory, or begin with sqlite://, postgres:// or mysql://, as in sqlite:///path/db.sqlite?_fk=true';
  problems.push({ path: 'dsn', reason });
}

/** Where nobody names the issuer: scheme, host and port of the public listener, and a slash. */
function issuer({ values }: Draft): void {
  if (values.get('urls.self.issuer') === undefined) {
    const plain = values.get('dev') === true && values.get('serve.public.tls.enabled') !== true;
    const host = String(values.get('serve.public.host'));
    const anywhere = ['0.0.0.0', '::', '[::]'].includes(host) || host.startsWith('unix:');
    const name = anywhere ? 'localhost' : host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    values.set('urls.self.issuer', `${plain ? 'http' : 'https'}://${name}:${String(values.get('serve.public.port'))}/`);
  }
  if (values.get('urls.self.public') === undefined) values.set('urls.self.public', values.get('urls.self.issuer'));
}

function caps({ values, warnings }: Draft): void {
  const counted = Number(values.get('oauth2.grant.refresh_token.rotation_grace_reuse_count')) > 0;
  const limits = [
    ['ttl.authentication_session', 180 * DAY, '180 days'],
    [
      'oauth2.grant.refresh_token.rotation_grace_period',
      counted ? 180 * DAY : 5 * MINUTE,
      counted ? '180 days' : '5 minutes without a reuse count',
    ],
  ] as const;
  for (const [key, limit, words] of limits) {
    if (Number(values.get(key)) <= limit) continue;
    values.set(key, limit);
    warnings.push(`${key} is more than ${words}, and was cut to that`);
  }
}

/** A pairwise subject in a readable JWT would defeat its purpose, so Hydra switches it off there; kept. */
function pairwise({ values, problems, warnings }: Draft): void {
  const key = 'oidc.subject_identifiers.supported_types';
  const types = values.get(key);
  if (!Array.isArray(types) || !types.includes('pairwise')) return;
  if (values.get('strategies.access_token') === 'jwt') {
    const rest = types.filter((type) => type !== 'pairwise');
    values.set(key, rest.length > 0 ? rest : ['public']);
    warnings.push(`${key}: pairwise is switched off, because strategies.access_token is jwt`);
  } else if (values.get('oidc.subject_identifiers.pairwise.salt') === undefined) {
    problems.push({
      path: 'oidc.subject_identifiers.pairwise.salt',
      reason: 'is needed where pairwise subjects are supported: set it to at least 8 random characters',
    });
  }
}

/** Hydra counts characters, the same one twice as well. */
const FEWEST_CHARACTERS = 8;

function userCode({ values, given, problems }: Draft): void {
  const block = 'oauth2.device_authorization.user_code';
  const [length, characters] = [given.has(`${block}.length`), given.has(`${block}.character_set`)];
  if (length !== characters)
    problems.push({ path: block, reason: 'takes length and character_set together, or neither' });
  if (length && given.has(`${block}.entropy_preset`)) {
    problems.push({ path: block, reason: 'takes entropy_preset, or length and character_set, not both' });
  }
  const set = values.get(`${block}.character_set`);
  if (typeof set === 'string' && new Set(set).size < FEWEST_CHARACTERS) {
    problems.push({
      path: `${block}.character_set`,
      reason: `needs at least ${FEWEST_CHARACTERS} different characters, or codes are easy to guess`,
    });
  }
}

/** Hydra 1.x hashed with bcrypt and 2.x with PBKDF2 unless told otherwise, so a file may name the price and not the kind. */
function hashers({ values, given, warnings }: Draft): void {
  const block = 'oauth2.hashers';
  const algorithm = values.get(`${block}.algorithm`);
  for (const [name, price] of [
    ['bcrypt', 'bcrypt.cost'],
    ['pbkdf2', 'pbkdf2.iterations'],
  ]) {
    if (algorithm !== name && given.has(`${block}.${price}`))
      warnings.push(`${block}.${price} counts only where ${block}.algorithm is ${name}; it is ${String(algorithm)}`);
  }
}

/** A hook that is asked without the key that it expects would refuse everything, or worse, be open to everybody. */
function hooks({ values, problems }: Draft): void {
  for (const block of ['oauth2.refresh_token_hook', 'oauth2.token_hook']) {
    const parts = ['type', 'config.in', 'config.name', 'config.value'];
    const auth = parts.map((part) => values.get(`${block}.auth.${part}`));
    const given = auth.filter((value) => value !== undefined).length;
    if (given === 0) continue;
    if (values.get(`${block}.url`) === undefined) problems.push({ path: block, reason: 'has auth, but no url' });
    if (given < parts.length)
      problems.push({ path: `${block}.auth`, reason: `needs all of ${parts.join(', ')}, or none of them` });
    const [, place, , value] = auth;
    if (place === 'cookie' && /[\s",;\\]/.test(String(value)))
      problems.push({ path: `${block}.auth.config.value`, reason: 'has characters that no cookie can carry' });
  }
}
