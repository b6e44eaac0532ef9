/** Database servers refuse to run as root. Where the tests do, the servers run as somebody else. */
import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

/** What `spawn` takes; empty where the tests are not root. */
export interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** The first of these users that the system has, or `nobody`, who is everywhere: no user needs to be made. */
export function identityOf(user: string): Identity {
  if (process.getuid?.() !== 0) return {};
  for (const name of [user, 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(`A database does not run as root, and there is neither a user ${user} nor nobody.`);
}

export function giveTo({ uid, gid }: Identity, ...paths: readonly string[]): void {
  if (uid === undefined || gid === undefined) return;
  for (const path of paths) chownSync(path, uid, gid);
}
