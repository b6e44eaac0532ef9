/** A whole server for a journey: real listeners, a real database, in this process, on ports of its own. */
import { startServer } from '../../src/compose.js';
import { loadConfig } from '../../src/config/index.js';
import type { Clock } from '../../src/protocol/time.js';
import { freePort } from './free-port.js';
import { unseenDatabase } from './temporary-database.js';

export interface HydrantOptions {
  /** Settings by their environment names, on top of a development server with a database of its own that goes with it. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly onStatement?: (name: string) => void;
  /** Collects the log lines. */
  readonly log?: string[];
}

export interface Hydrant extends AsyncDisposable {
  readonly publicUrl: string;
  readonly adminUrl: string;
  readonly store: Awaited<ReturnType<typeof startServer>>['store'];
  kick(job: string): void;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server; close it with `close()` or `await using`. Nothing listens at the login, consent and error URLs. */
export async function startHydrant({
  settings = {},
  clock,
  onStatement,
  log = [],
}: HydrantOptions = {}): Promise<Hydrant> {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  const publicUrl = `http://127.0.0.1:${publicPort}`;
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const environment = {
    DEV: 'true',
    SERVE_PUBLIC_PORT: String(publicPort),
    SERVE_ADMIN_PORT: String(adminPort),
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_ADMIN_HOST: '127.0.0.1',
    URLS_SELF_ISSUER: publicUrl,
    URLS_LOGIN: 'http://127.0.0.1:1/login',
    URLS_CONSENT: 'http://127.0.0.1:1/consent',
    URLS_LOGOUT: 'http://127.0.0.1:1/logout',
    URLS_ERROR: 'http://127.0.0.1:1/error',
    URLS_POST_LOGOUT_REDIRECT: 'http://127.0.0.1:1/logged-out',
    SECRETS_SYSTEM: 'a-secret-of-the-tests-and-of-nobody-else',
    ...settings,
  };
  const own = settings.DSN === undefined ? await unseenDatabase() : undefined;
  async function start(): ReturnType<typeof startServer> {
    const config = loadConfig({ env: { ...environment, ...(own && { DSN: own.dsn }) } });
    return startServer(config, {
      listeners: 'all',
      logStream: { write: (line: string) => void log.push(line) },
      ...(clock && { clock }),
      ...(onStatement && { onStatement }),
    });
  }
  const server = await start().catch(async (error: unknown) => {
    await own?.[Symbol.asyncDispose]();
    throw error;
  });
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    await server.close();
    await own?.[Symbol.asyncDispose]();
  }
  const close = () => (closing ??= closeAll());
  return {
    publicUrl,
    adminUrl,
    store: server.store,
    kick: server.kick,
    drain: server.drain,
    close,
    [Symbol.asyncDispose]: close,
  };
}
