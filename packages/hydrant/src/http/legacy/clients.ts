import type { ClientAdmin } from '../admin/client-admin.js';
import { createClient } from '../admin/create-client.js';
import { deleteClient } from '../admin/delete-client.js';
import { getClient } from '../admin/get-client.js';
import { listClients } from '../admin/list-clients.js';
import { patchClient } from '../admin/patch-client.js';
import { setClient } from '../admin/set-client.js';
import { setClientLifespans } from '../admin/set-client-lifespans.js';
import type { LegacyPath } from '../endpoint.js';

/** `/clients` without prefix. */
export const legacyClients: readonly LegacyPath<ClientAdmin>[] = [
  { operation: 'createOAuth2Client', path: '/clients', endpoint: createClient },
  { operation: 'listOAuth2Clients', path: '/clients', endpoint: listClients },
  { operation: 'getOAuth2Client', path: '/clients/:id', endpoint: getClient },
  { operation: 'updateOAuth2Client', path: '/clients/:id', endpoint: setClient },
  { operation: 'patchOAuth2Client', path: '/clients/:id', endpoint: patchClient },
  { operation: 'UpdateOAuth2ClientLifespans', path: '/clients/:id/lifespans', endpoint: setClientLifespans },
  { operation: 'deleteOAuth2Client', path: '/clients/:id', endpoint: deleteClient },
];
