/** Commands of engines that bring what copies them and puts a copy back; the passwords are not in them. */
import type { Dsn } from '../dsn.js';
import type { OwnTools } from './dialect.js';
import { MYSQL_EXAMPLE } from './mysql-dsn.js';
import { POSTGRES_EXAMPLE } from './postgres-dsn.js';
import { serverAddress } from './server-dsn.js';

export function postgresTools(dsn: Dsn, file: string): OwnTools {
  const { user, database, host, port } = serverAddress(dsn, 5432, POSTGRES_EXAMPLE);
  const place = ['--host', host, '--port', String(port), ...(user === '' ? [] : ['--username', user])];
  return {
    backup: shell('pg_dump', ...place, '--format', 'custom', '--no-owner', '--file', file, database),
    restore: shell('pg_restore', ...place, '--no-owner', '--exit-on-error', '--dbname', database, file),
  };
}

export function mysqlTools(dsn: Dsn, file: string): OwnTools {
  const { user, database, host, port, socket } = serverAddress(dsn, 3306, MYSQL_EXAMPLE);
  const where = socket === undefined ? [`--host=${host}`, `--port=${port}`] : [`--socket=${socket}`];
  const place = [...where, `--user=${user || 'root'}`, '--password'];
  return {
    backup: `${shell('mysqldump', ...place, '--single-transaction', '--hex-blob', database)} > ${shell(file)}`,
    restore: `${shell('mysql', ...place, database)} < ${shell(file)}`,
  };
}

/** A command line as a shell takes it: what is more than plain signs stands in quotes. */
function shell(...words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
