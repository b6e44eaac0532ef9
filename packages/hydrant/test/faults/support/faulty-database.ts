/** An empty, migrated database on a real server, behind a proxy that can do to it what networks do. */
import { migrate } from '../../../src/sql/index.js';
import { type FaultProxy, type MadeDatabase, makeDatabase, startFaultProxy } from '../../support/databases/index.js';

export interface FaultyDatabase extends AsyncDisposable {
  /** By way of the proxy. */
  readonly dsn: string;
  readonly proxy: FaultProxy;
  readonly direct: MadeDatabase;
}

export async function faultyDatabase(
  engine: 'postgres' | 'mariadb',
  { migrates = true }: { readonly migrates?: boolean } = {},
): Promise<FaultyDatabase> {
  const direct = await makeDatabase(engine);
  const { host, port } = /@(?:tcp\()?(?<host>[^:)]+):(?<port>\d+)/.exec(direct.dsn)?.groups ?? {};
  const proxy = await startFaultProxy({ host: host ?? '', port: Number(port) });
  if (migrates) await migrate(direct.dsn, 'up');
  return {
    dsn: proxy.dsn(direct.dsn),
    proxy,
    direct,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await direct.drop();
    },
  };
}
