/** Unix sockets: what may lie in the way of one, and whose it is. */
import { chmodSync, chownSync, lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { ListenerUnusable } from './listener-unusable.js';

/** A socket file as the settings want it. */
export interface UnixSocket {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  /** Names or numbers; empty for those of the process. */
  readonly owner: string;
  readonly group: string;
}

/**
 * Makes room for a socket: one that nobody listens to any more, left by a process that was killed, is taken away.
 * Throws {@link ListenerUnusable} where somebody does listen, or the file is something else.
 */
export async function clearTheWay(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket())
    throw new ListenerUnusable(`The file ${path} is no socket: move it away, or choose another path after unix:.`);
  if (await answers(path))
    throw new ListenerUnusable(
      `Another process listens to the socket ${path}: stop it, or choose another path after unix:.`,
    );
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => resolve(!('code' in error) || error.code !== 'ECONNREFUSED'));
  });
}

/** Gives a socket its owner, group and mode. Throws {@link ListenerUnusable}. */
export function dress({ path, mode, owner, group }: UnixSocket): void {
  if (owner !== '' || group !== '') {
    // -1 leaves it as it is (chown(2)).
    const uid = owner === '' ? -1 : idOf(owner, '/etc/passwd', 'user');
    const gid = group === '' ? -1 : idOf(group, '/etc/group', 'group');
    try {
      chownSync(path, uid, gid);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new ListenerUnusable(
        `The socket ${path} cannot be given to ${[owner, group].join(':')} (${code}): only root may do that, or leave serve.*.socket.owner and group out.`,
      );
    }
  }
  chmodSync(path, mode);
}

/** A number as it is; a name as the system's table has it. Directories beyond that table are not asked. */
function idOf(name: string, table: string, what: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const line = linesOf(table).find((one) => one.startsWith(`${name}:`));
  const id = line?.split(':')[2];
  if (id === undefined)
    throw new ListenerUnusable(
      `There is no ${what} "${name}" in ${table}: correct serve.*.socket.${what === 'user' ? 'owner' : 'group'}, or give a number.`,
    );
  return Number(id);
}

function linesOf(table: string): string[] {
  try {
    return readFileSync(table, 'utf8').split('\n');
  } catch {
    return [];
  }
}
