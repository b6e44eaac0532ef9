import { type AppliedStep, dialectOf, type Restored } from './dialects/index.js';
import { DatabaseUnusable } from './driver.js';
import { migrations } from './migrations/index.js';

/**
 * Copies a database into a file while servers go on. Rejects with {@link DatabaseUnusable} where that cannot be; on an engine
 * that has tools of its own, with the command. Resolves with the length of the file in bytes.
 */
export async function backup(text: string, options: { readonly to: string; readonly force: boolean }): Promise<number> {
  const { dialect, dsn } = dialectOf(text);
  if (!dialect.backup) throw useOwnTools(dialect.ownTools?.(dsn, options.to).backup);
  return dialect.backup(dsn, { ...options, accept: requireOurs });
}

/** Puts a file that {@link backup} made in the place of a database. Rejects in the same way. */
export async function restore(
  text: string,
  options: { readonly from: string; readonly force: boolean },
): Promise<Restored> {
  const { dialect, dsn } = dialectOf(text);
  if (!dialect.restore) throw useOwnTools(dialect.ownTools?.(dsn, options.from).restore);
  return dialect.restore(dsn, { ...options, accept: requireKnown });
}

function useOwnTools(command = 'the tools of the engine'): DatabaseUnusable {
  return new DatabaseUnusable(`This engine has tools of its own for that: ${command}`);
}

function requireOurs(steps: readonly AppliedStep[]): void {
  const [first] = migrations;
  if (steps.some(({ version, name }) => version === first?.version && name === first.name)) return;
  throw new DatabaseUnusable('The file is an SQLite database, but none of Hydrant.');
}

/** Going on with tables of which this release knows nothing is for servers beside a newer one, not for a new beginning. */
function requireKnown(steps: readonly AppliedStep[]): void {
  requireOurs(steps);
  const unknown = steps.filter(({ version }) => !migrations.some((step) => step.version === version));
  if (unknown.length === 0) return;
  const versions = unknown.map(({ version }) => version).join(', ');
  throw new DatabaseUnusable(
    `The file was written by a newer Hydrant: this one does not know its migrations ${versions}. Restore it with that release, or one after it.`,
  );
}
