import { buildInfo } from '../build-info.js';
import { type Config, redactDsn } from '../config/index.js';
import type { RunningServer } from './command.js';
import { sqliteFile } from './development-secret.js';

/** What a person reads after the start: where things are, one command to try, how to stop. */
export function banner(config: Config, server: RunningServer): string {
  const publicUrl = server.publicUrl?.replace(/\/$/, '');
  const adminUrl = server.adminUrl?.replace(/\/$/, '');
  const place = sqliteFile(config.dsn) ?? (config.dsn.startsWith('sqlite') ? 'memory' : redactDsn(config.dsn));
  const rows = [
    ['Public', publicUrl],
    ['Admin', adminUrl],
    ['Data', place === 'memory' ? 'in memory, gone when this process ends' : place],
    ['Discovery', publicUrl && `${publicUrl}/.well-known/openid-configuration`],
  ];
  const table = rows.flatMap(([name = '', text]) => (text ? [`  ${name.padEnd(10)} ${text}`] : []));
  const title = `Hydrant ${buildInfo().version} is running`;
  if (!config.dev) return `${[`${title}.`, ...table].join('\n')}\n`;
  return `${[
    `${title} in development mode: anybody can log in, so keep it on this machine.`,
    '',
    ...table,
    '',
    ...attempt(publicUrl, adminUrl),
    'Stop it with Ctrl-C.',
  ].join('\n')}\n`;
}

/** One command that works as pasted, also a second time: the client exists then, and the token comes all the same. */
function attempt(publicUrl: string | undefined, adminUrl: string | undefined): string[] {
  if (!publicUrl || !adminUrl) return [];
  const client = { client_id: 'first', client_secret: 'first-secret', grant_types: ['client_credentials'] };
  return [
    'Try it: make a client, and get a token for it.',
    '',
    `  curl -s ${adminUrl}/admin/clients -H 'Content-Type: application/json' -d '${JSON.stringify(client)}' \\`,
    `    --next -s -u first:first-secret ${publicUrl}/oauth2/token -d grant_type=client_credentials`,
    '',
  ];
}
