import type { MigrationRow } from './command.js';

/** Version, name and status in columns. */
export function migrationTable(rows: readonly MigrationRow[]): string {
  const cells = [['Version', 'Name', 'Status'], ...rows.map(({ version, name, status }) => [version, name, status])];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The plan that is shown before the question: the table, then the SQL of every step that would be taken. */
export function migrationPlan(
  rows: readonly MigrationRow[],
  steps: readonly (MigrationRow & { readonly sql: string | undefined })[],
): string {
  const statements = steps.map(
    ({ version, name, sql = '' }) => `------------ ${version} - ${name} ------------\n${sql}\n`,
  );
  return [
    'The migration plan is as follows:\n\n',
    migrationTable(rows),
    '\nThe SQL statements to be executed from top to bottom are:\n\n',
    ...statements,
  ].join('');
}

/** The same for scripts, with Hydra's member names. */
export function migrationJson(rows: readonly MigrationRow[], pretty: boolean): string {
  const items = rows.map(({ version, name, status, content = '', contentDown = '' }) => ({
    state: status,
    version,
    name,
    content,
    content_down: contentDown,
  }));
  return `${JSON.stringify(items, null, pretty ? 2 : undefined)}\n`;
}
