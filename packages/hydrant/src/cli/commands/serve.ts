import type { Command } from 'commander';
import { assertSafe, type Config } from '../../config/index.js';
import { banner } from '../banner.js';
import { CommandFailure, type CommandFile, type RunningServer, type World } from '../command.js';
import { addConfigFlag, configFor, flag, isTexts, isTrue } from '../configuration.js';
import { withDevelopmentSecret } from '../development-secret.js';

type Listeners = 'all' | 'public' | 'admin';

/** Open requests get this long to end after the drain, as in Hydra. */
const GRACE_MS = 5_000;

/** `hydrant serve all|public|admin`: serves until the process is asked to stop. */
export const serve: CommandFile = {
  register(root, world) {
    const parent = addConfigFlag(root.command('serve'))
      .description('Serve the public API, the admin API, or both')
      .option('--dev', 'development mode: plain http, built-in pages, no checks for a safe start')
      .option('--no-dev', 'not in development mode, whatever a file says')
      .option('--dangerous-force-http', 'of Hydra 1.x: plain http on both listeners (the default here)')
      .option('--dangerous-allow-insecure-redirect-urls <urls>', 'of Hydra 1.x: only in development mode', list)
      .option('--sqa-opt-out', 'accepted; there is no telemetry')
      .option('--disable-telemetry', 'accepted; there is no telemetry')
      .option('--skip-tls-verify', 'accepted; it has no effect here')
      .allowExcessArguments()
      .action((_options, command: Command) => world.out(command.helpInformation()));
    for (const listeners of ['all', 'public', 'admin'] as const) {
      const what = listeners === 'all' ? 'the public and the admin API' : `the ${listeners} API`;
      parent
        .command(listeners)
        .description(`Serve ${what}`)
        .action((_options, command: Command) => serveUntilStopped(listeners, command, world));
    }
    parent.commands.forEach((command) => void command.allowExcessArguments(false));
  },
};

function list(text: string, urls: readonly string[] = []): string[] {
  return [...urls, ...text.split(',')];
}

async function serveUntilStopped(listeners: Listeners, command: Command, world: World): Promise<void> {
  const loaded = configFor(command, world, {
    purpose: 'serve',
    flags: {
      dev: flag(command, 'dev', isTrue),
      'dangerous-force-http': flag(command, 'dangerousForceHttp', isTrue),
      'dangerous-allow-insecure-redirect-urls': flag(command, 'dangerousAllowInsecureRedirectUrls', isTexts),
    },
  });
  assertSafe(loaded);
  for (const warning of loaded.warnings) world.err(`warning: ${warning}\n`);
  const config = withDevelopmentSecret(loaded);

  // Asked for before the start, so that a signal during it is not lost.
  const stop = world.stopRequested();
  const asked = new AbortController();
  void stop.then(() => asked.abort());
  const { startServer } = await world.compose();
  const server = await startServer(config, { listeners, signal: asked.signal }).catch((error: unknown) => {
    throw explained(error, config);
  });
  world.out(banner(config, server));
  await stop;
  await server.drain();
  await closeInTime(server, world);
}

async function closeInTime(server: RunningServer, world: World): Promise<void> {
  await Promise.race([server.close(), world.pause(GRACE_MS)]);
}

/** Turns what the system says about a socket into a sentence with a way out; anything else passes as it is. */
function explained(error: unknown, config: Config): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const path = 'address' in error ? `unix:${String(error.address)}` : '';
  for (const name of ['public', 'admin'] as const) {
    if (path === config.serve[name].host)
      return new CommandFailure(
        `The socket ${path.slice('unix:'.length)} of the ${name} listener cannot be made (${String(error.code)}): its folder has to be there and writable for this user, or correct serve.${name}.host.`,
      );
  }
  const port = 'port' in error ? Number(error.port) : undefined;
  const host = 'hostname' in error ? error.hostname : undefined;
  const isOf = (listener: Config['serve']['public']) => port === listener.port || host === listener.host;
  const name = isOf(config.serve.admin) && !isOf(config.serve.public) ? 'admin' : 'public';
  const at = config.serve[name].host;
  const key = `serve.${name}.port`;
  const choose = `choose another one with SERVE_${name.toUpperCase()}_PORT=${Math.min((port ?? 0) + 10, 65_535)} or the key ${key}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandFailure(
        `Port ${port} of the ${name} listener is taken on ${at}: stop what uses it, or ${choose}.`,
      );
    case 'EACCES':
      return port === undefined ? error : new CommandFailure(`Port ${port} may not be opened by this user: ${choose}.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
      return new CommandFailure(
        `The address ${at} of the ${name} listener is none of this machine: correct SERVE_${name.toUpperCase()}_HOST or the key serve.${name}.host.`,
      );
    default:
      return error;
  }
}
