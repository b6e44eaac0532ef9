import { createKeySet } from '../admin/create-key-set.js';
import { deleteKey } from '../admin/delete-key.js';
import { deleteKeySet } from '../admin/delete-key-set.js';
import { getKey } from '../admin/get-key.js';
import { getKeySet } from '../admin/get-key-set.js';
import type { KeyAdmin } from '../admin/key-admin.js';
import { setKey } from '../admin/set-key.js';
import { setKeySet } from '../admin/set-key-set.js';
import type { LegacyPath } from '../endpoint.js';

/** `/keys` without prefix. */
export const legacyKeys: readonly LegacyPath<KeyAdmin>[] = [
  { operation: 'createJsonWebKeySet', path: '/keys/:set', endpoint: createKeySet },
  { operation: 'getJsonWebKeySet', path: '/keys/:set', endpoint: getKeySet },
  { operation: 'updateJsonWebKeySet', path: '/keys/:set', endpoint: setKeySet },
  { operation: 'deleteJsonWebKeySet', path: '/keys/:set', endpoint: deleteKeySet },
  { operation: 'getJsonWebKey', path: '/keys/:set/:kid', endpoint: getKey },
  { operation: 'updateJsonWebKey', path: '/keys/:set/:kid', endpoint: setKey },
  { operation: 'deleteJsonWebKey', path: '/keys/:set/:kid', endpoint: deleteKey },
];
