import type { Kysely } from 'kysely';
import type { Client } from '../model/client.js';
import type { Instant } from '../protocol/time.js';
import type { ClientQuery, ClientStore } from '../store/client-store.js';
import { ask } from './built-query.js';
import { tell } from './change-clock.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';
import { type ReadThroughCache, readThroughCache } from './read-through-cache.js';
import { removeSecretUsesOf, removeUsesOfGoneSecrets } from './secret-use-store.js';
import { removeSubjectsOf } from './subject-store.js';

interface ClientRow {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly born_at: Instant;
  readonly access_tokens_revoked_at: Instant | null;
  readonly revision: number;
  readonly body: string;
}

type Schema = { client: ClientRow };

const find = statement<ClientRow>(
  'client.find',
  'SELECT id, name, owner, born_at, access_tokens_revoked_at, revision, body FROM client WHERE id = ?',
);

const insert = statement(
  'client.insert',
  'INSERT INTO client (id, name, owner, born_at, access_tokens_revoked_at, revision, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  { onConflict: { columns: 'id' } },
);

const update = statement(
  'client.update',
  'UPDATE client SET name = ?, owner = ?, body = ?, revision = revision + 1 WHERE id = ? AND revision = ?',
);

/** Never moves back, whichever of two clocks is behind. */
const revokeAccessTokens = statement(
  'client.revoke_access_tokens',
  `UPDATE client SET access_tokens_revoked_at =
     CASE WHEN access_tokens_revoked_at > ? THEN access_tokens_revoked_at ELSE ? END
   WHERE id = ?`,
);

const remove = statement('client.delete', 'DELETE FROM client WHERE id = ?');

const removeFamilies = statement('token_family.delete_of_client', 'DELETE FROM token_family WHERE client_id = ?');

const CLIENTS_HELD = 10_000;

/** The client store, and how to make it forget what another process has changed. */
export function clientStore(
  database: Database,
  builder: Kysely<Schema>,
): ClientStore & Pick<ReadThroughCache<unknown>, 'clear'> {
  const cache = readThroughCache<Client>(CLIENTS_HELD, async (id) => {
    const [row] = await database.read(find, id);
    return row && fromRow(row);
  });

  async function write(id: string, guard: Call, ...effects: readonly Call[]): Promise<boolean> {
    try {
      return (await database.write({ guard, effects: [...effects, tell('client')] })).count === 1;
    } finally {
      cache.forget(id);
    }
  }

  function matching({ name, owner }: Pick<ClientQuery, 'name' | 'owner'>) {
    let query = builder.selectFrom('client');
    if (name !== undefined) query = query.where('name', '=', name);
    if (owner !== undefined) query = query.where('owner', '=', owner);
    return query;
  }

  return {
    clear: () => cache.clear(),
    find: (id) => cache.get(id),
    insert: (client) => {
      const { name, owner, body } = toRow(client);
      const { id, bornAt, accessTokensRevokedAt, revision } = client;
      return write(id, call(insert, id, name, owner, bornAt, accessTokensRevokedAt, revision, body));
    },
    update: (client) => {
      const { name, owner, body } = toRow(client);
      const guard = call(update, name, owner, body, client.id, client.revision);
      return write(client.id, guard, removeUsesOfGoneSecrets(client));
    },
    revokeAccessTokens: (id, at) => write(id, call(revokeAccessTokens, at, at, id)),
    delete: (id) => write(id, call(remove, id), call(removeFamilies, id), removeSubjectsOf(id), removeSecretUsesOf(id)),
    async list({ limit, after, offset, ...filter }) {
      let query = matching(filter).selectAll().orderBy('id').limit(limit);
      if (after !== undefined) query = query.where('id', '>', after);
      if (offset !== undefined) query = query.offset(offset);
      return (await ask(database, 'client.list', query)).map(fromRow);
    },
    async count(filter) {
      const query = matching(filter).select(({ fn }) => fn.countAll<number>().as('total'));
      const [row] = await ask(database, 'client.count', query);
      return row?.total ?? 0;
    },
  };
}

type Body = Omit<Client, 'id' | 'bornAt' | 'accessTokensRevokedAt' | 'revision'>;

function toRow(client: Client): Pick<ClientRow, 'name' | 'owner' | 'body'> {
  const { id: _id, bornAt: _bornAt, accessTokensRevokedAt: _revoked, revision: _revision, ...body } = client;
  return { name: body.metadata.client_name, owner: body.metadata.owner, body: JSON.stringify(body) };
}

function fromRow(row: ClientRow): Client {
  return {
    ...parseBody(row.body),
    id: row.id,
    bornAt: row.born_at,
    accessTokensRevokedAt: row.access_tokens_revoked_at,
    revision: row.revision,
  };
}

function parseBody(json: string): Body {
  return JSON.parse(json) as Body;
}
