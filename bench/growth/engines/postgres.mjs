import pg from 'pg';

/**
 * A schema of its own in a PostgreSQL database; what an earlier run left there goes. The user must be allowed to create schemas.
 * @param {string} dsn
 * @param {string} scenario
 * @returns {Promise<import('./index.mjs').Engine>}
 */
export async function openPostgres(dsn, scenario) {
  const schema = `growth_${scenario}`;
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`SET search_path TO ${schema}`);
  const own = new URL(dsn);
  own.searchParams.set('search_path', schema);

  const OURS = "relkind IN ('r', 'p') AND relnamespace = $1::regnamespace";
  const names = async () =>
    (await client.query(`SELECT relname FROM pg_class WHERE ${OURS}`, [schema])).rows.map(({ relname }) => relname);

  return {
    name: 'PostgreSQL',
    dsn: `${own}`,
    tables: names,
    async ask(sql, { now, bound }) {
      /** @type {unknown[]} */
      const values = [];
      /** @type {Record<string, string>} */
      const places = {};
      const text = sql.replace(/:(now|bound)\b/g, (_, name) => {
        places[name] ??= `$${values.push(name === 'now' ? now : bound)}::${name === 'now' ? 'bigint' : 'bytea'}`;
        return places[name];
      });
      const { rows } = await client.query(text, values);
      return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]));
    },
    async size() {
      const sum = (/** @type {string} */ what) => `coalesce(sum(${what}(oid)), 0)::bigint`;
      const { rows } = await client.query(
        `SELECT ${sum('pg_total_relation_size')} AS bytes, ${sum('pg_relation_size')} AS used FROM pg_class WHERE ${OURS}`,
        [schema],
      );
      return { bytes: Number(rows[0].bytes), used: Number(rows[0].used) };
    },
    // Autovacuum looks once in a minute of real time, in which days pass here: in a simulated hour it would have come 60 times.
    async rest() {
      for (const name of await names()) await client.query(`VACUUM ${schema}.${name}`);
    },
    async close() {
      await client.query(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
    },
  };
}
