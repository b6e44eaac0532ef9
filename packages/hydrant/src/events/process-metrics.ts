import { readFile } from 'node:fs/promises';
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/**
 * The process itself: `process_*` as every Prometheus library names them, and Node's runtime as `nodejs_*`.
 *
 * `Hydra:` its `go_*` families are not offered, for none of them would be true of this runtime.
 */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  replaceCpu(registry);
  if (process.platform === 'linux') registerLinux(registry);
}

/** prom-client counts CPU time from its own start; the family means the process's. */
function replaceCpu(registry: Registry): void {
  const parts = {
    process_cpu_user_seconds_total: (use: NodeJS.CpuUsage) => use.user,
    process_cpu_system_seconds_total: (use: NodeJS.CpuUsage) => use.system,
    process_cpu_seconds_total: (use: NodeJS.CpuUsage) => use.user + use.system,
  };
  for (const [name, part] of Object.entries(parts)) {
    registry.removeSingleMetric(name);
    counterOf(registry, name, 'CPU time spent, in seconds.', () => part(process.cpuUsage()) / 1e6);
  }
}

/** What prom-client leaves out and Hydra has. */
function registerLinux(registry: Registry): void {
  new Gauge({
    name: 'process_virtual_memory_max_bytes',
    help: 'Virtual memory that the process may use, in bytes.',
    registers: [registry],
    async collect() {
      const limit = /^Max address space\s+(\S+)/m.exec(await textOf('/proc/self/limits'))?.[1];
      // No limit is the largest 64-bit number, as other exporters have it.
      if (limit !== undefined) this.set(limit === 'unlimited' ? 2 ** 64 : Number(limit));
    },
  });
  const network = { receive: 'InOctets', transmit: 'OutOctets' };
  for (const [direction, column] of Object.entries(network)) {
    const name = `process_network_${direction}_bytes_total`;
    counterOf(registry, name, `Bytes that the network namespace did ${direction}.`, () => octets(column));
  }
}

function counterOf(registry: Registry, name: string, help: string, read: () => number | Promise<number>): void {
  new Counter({
    name,
    help,
    registers: [registry],
    async collect() {
      const value = await read();
      this.reset();
      this.inc(value);
    },
  });
}

/** A column of the `IpExt` pair of lines: names, then values. */
async function octets(column: string): Promise<number> {
  const lines = (await textOf('/proc/self/net/netstat')).split('\n').filter((line) => line.startsWith('IpExt:'));
  const index = lines[0]?.split(' ').indexOf(column) ?? -1;
  return Number(lines[1]?.split(' ')[index] ?? 0);
}

/** Empty where a hardened container hides it. */
async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
