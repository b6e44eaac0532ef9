/** PgBouncer in transaction mode, where the machine has it: a connection keeps nothing from one transaction to the next. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coordinates, DatabaseServer, Found } from './database-server.js';
import { giveTo, identityOf } from './identity.js';
import { postgresDsn, queryPostgres, terminateSql } from './postgres.js';
import { findProgram } from './programs.js';
import { runServer } from './run-server.js';

export function findPgbouncer(): Found<string> {
  const path = findProgram('pgbouncer');
  return path ? { here: true, programs: path } : { here: false, because: 'pgbouncer is not installed' };
}

/** A pooler before a cluster, for each of its databases. Dispose of it before the cluster. */
export async function startPgbouncer(cluster: Coordinates): Promise<DatabaseServer> {
  const found = findPgbouncer();
  if (!found.here) throw new Error(`No PgBouncer: ${found.because}`);
  const identity = identityOf('postgres');
  return runServer('pgbouncer', identity, (folder) => {
    const configuration = join(folder, 'pgbouncer.ini');
    const users = join(folder, 'users.txt');
    const { user, password } = cluster;
    writeFileSync(users, `"${user}" "${password}"\n`, { mode: 0o600 });
    writeFileSync(configuration, '');
    giveTo(identity, configuration, users);
    return {
      command: found.programs,
      arguments: ({ port }) => {
        writeFileSync(configuration, configurationOf(cluster, port, users));
        return [configuration];
      },
      identity,
      login: { user, password },
      stopSignal: 'SIGTERM',
      quitSignal: 'SIGKILL',
      portTaken: 'Address already in use',
      query: queryPostgres,
      dsn: postgresDsn,
      terminate: async (_, database) => (await queryPostgres(cluster, terminateSql(database))).length,
    };
  });
}

/**
 * As Debian ships it but for the mode: it ignores no start-up parameter that it does not know, it refuses them.
 * Few connections behind many clients: a statement meets another connection than the one before it.
 */
function configurationOf(cluster: Coordinates, port: number, users: string): string {
  return `[databases]
* = host=${cluster.host} port=${cluster.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
admin_users = ${cluster.user}
pool_mode = transaction
max_client_conn = 300
default_pool_size = 8
server_round_robin = 1
server_idle_timeout = 10
autodb_idle_timeout = 10
`;
}
