import type { Nested, Section, Setting } from '../setting.js';
import { clients } from './clients.js';
import { cookies } from './cookies.js';
import { adminCors, cors } from './cors.js';
import { hooks } from './hooks.js';
import { hsm } from './hsm.js';
import { legacy } from './legacy.js';
import { adminPort, bothListeners, listener, publicPort } from './listeners.js';
import { log } from './log.js';
import { oauth2 } from './oauth2.js';
import { oidc } from './oidc.js';
import { secrets } from './secrets.js';
import { strategies } from './strategies.js';
import { listenerTls, sharedTls } from './tls.js';
import { topLevel } from './top-level.js';
import { tracing } from './tracing.js';
import { ttl } from './ttl.js';
import { urls } from './urls.js';
import { webfinger } from './webfinger.js';

/** Every section. A new setting is one entry in its file; a new section one line here and one in `Config`. */
export const SECTIONS: readonly Section[] = [
  { prefix: '', settings: topLevel },
  { prefix: 'log', settings: log },
  { prefix: 'serve', settings: bothListeners },
  { prefix: 'serve.public', settings: publicPort },
  { prefix: 'serve.public', settings: listener },
  { prefix: 'serve.public.cors', settings: cors },
  { prefix: 'serve.public.tls', settings: listenerTls },
  { prefix: 'serve.admin', settings: adminPort },
  { prefix: 'serve.admin', settings: listener },
  { prefix: 'serve.admin.cors', settings: adminCors },
  { prefix: 'serve.admin.tls', settings: listenerTls },
  { prefix: 'serve.tls', settings: sharedTls },
  { prefix: 'serve.cookies', settings: cookies },
  { prefix: 'clients', settings: clients },
  { prefix: 'hsm', settings: hsm },
  { prefix: 'webfinger', settings: webfinger },
  { prefix: 'oidc', settings: oidc },
  { prefix: 'urls', settings: urls },
  { prefix: 'strategies', settings: strategies },
  { prefix: 'ttl', settings: ttl },
  { prefix: 'oauth2', settings: oauth2 },
  { prefix: 'oauth2', settings: hooks },
  { prefix: 'secrets', settings: secrets },
  { prefix: 'tracing', settings: tracing },
  { prefix: '', settings: legacy },
];

/** One listener's block, `serve.public` or `serve.admin`. */
export interface ListenerConfig extends Nested<typeof publicPort & typeof listener> {
  readonly cors: Nested<typeof cors>;
  readonly tls: Nested<typeof listenerTls>;
}

/**
 * The whole configuration: Hydra's key paths, parsed and frozen. Durations are milliseconds, `ttl.refresh_token` is `null`
 * where refresh tokens never expire, and a setting that nobody gave and that has no default is `undefined`.
 */
export interface Config extends Nested<typeof topLevel> {
  readonly log: Nested<typeof log>;
  readonly serve: Nested<typeof bothListeners> & {
    readonly public: ListenerConfig;
    readonly admin: ListenerConfig;
    readonly tls: Nested<typeof sharedTls>;
    readonly cookies: Nested<typeof cookies>;
  };
  readonly clients: Nested<typeof clients>;
  readonly hsm: Nested<typeof hsm>;
  readonly webfinger: Nested<typeof webfinger>;
  readonly oidc: Nested<typeof oidc>;
  readonly urls: Nested<typeof urls>;
  readonly strategies: Nested<typeof strategies>;
  readonly ttl: Nested<typeof ttl>;
  readonly oauth2: Nested<typeof oauth2 & typeof hooks>;
  readonly secrets: Nested<typeof secrets>;
  readonly tracing: Nested<typeof tracing>;
  /** What the operator should know, though nothing is wrong: older spellings, values that were capped. */
  readonly warnings: readonly string[];
}

const join = (prefix: string, key: string): string => (prefix === '' ? key : `${prefix}.${key}`);

/** Every setting by its full key path. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  SECTIONS.flatMap(({ prefix, settings }) =>
    Object.entries(settings).map(([key, setting]): [string, Setting] => [join(prefix, key), setting]),
  ),
);

/** Older key paths and what they are called now. */
export const RENAMED: ReadonlyMap<string, string> = new Map(
  SECTIONS.flatMap(({ prefix, settings }) =>
    Object.entries(settings).flatMap(([key, setting]) =>
      (setting.formerly ?? []).map((old): [string, string] => [join(prefix, old), join(prefix, key)]),
    ),
  ),
);

/** The environment variable of a key: upper case, `.` becomes `_`. */
export function environmentName(key: string): string {
  return key.toUpperCase().replaceAll('.', '_');
}
