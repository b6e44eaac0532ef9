import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { PAGING } from '../paging.js';
import type { ClientAdmin } from './client-admin.js';

/** The clients in the order of their ids; `client_name` and `owner` choose among them. */
export const listClients: Endpoint<ClientAdmin> = defineEndpoint<ClientAdmin>({
  operation: 'listOAuth2Clients',
  method: 'GET',
  path: '/admin/clients',
  errors: 'service',

  async handle(ask, { clients, pageTokens }) {
    const paging = PAGING[ask.generation.name];
    const page = paging.read(ask, 'clients', pageTokens);
    const [name, owner] = [ask.query.get('client_name'), ask.query.get('owner')];
    const filter = { ...(name && { name }), ...(owner && { owner }) };
    const found = await clients.list({ ...page, ...filter, limit: page.limit + 1 });
    const shown = found.slice(0, page.limit);
    const lastKey = found.length > shown.length ? shown.at(-1)?.id : undefined;
    const headers = await paging.headers(
      ask,
      'clients',
      page,
      { lastKey, total: () => clients.count(filter) },
      pageTokens,
    );
    return json(
      shown.map((client) => ask.generation.client(client)),
      200,
      headers,
    );
  },
});
