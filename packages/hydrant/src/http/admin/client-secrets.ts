/** The secrets of a client: rotated, listed without their values, ended. Hydra has the first two operations. */
import type { SecretOperations, SecretRecord } from '../../clients/rotate-secret.js';
import { toRfc3339 } from '../../protocol/time.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json, noContent } from '../endpoint.js';

/** What the operations on secrets need. */
export interface SecretAdmin {
  readonly clientSecrets: SecretOperations;
}

/** Makes a new secret, which is shown here and never again; those before it stay good for the grace period. */
export const rotateClientSecret: Endpoint<SecretAdmin> = defineEndpoint<SecretAdmin>({
  operation: 'rotateOAuth2ClientSecret',
  method: 'POST',
  path: '/admin/clients/:id/secrets/rotate',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',

  async handle(ask, { clientSecrets }) {
    const body = ask.body.length === 0 ? {} : readObject(ask);
    const { client, secret } = await clientSecrets.rotate(ask.params.id ?? '', body);
    return json(ask.generation.client(client, secret));
  },
});

/** Ends every secret but the newest. */
export const deleteRotatedClientSecrets: Endpoint<SecretAdmin> = defineEndpoint<SecretAdmin>({
  operation: 'deleteRotatedOAuth2ClientSecrets',
  method: 'DELETE',
  path: '/admin/clients/:id/secrets/rotate',
  errors: 'service',

  async handle(ask, { clientSecrets }) {
    return json(ask.generation.client(await clientSecrets.removeOlder(ask.params.id ?? '')));
  },
});

/** The secrets that are good, the newest first, without their values. */
export const listClientSecrets: Endpoint<SecretAdmin> = defineEndpoint<SecretAdmin>({
  operation: 'listOAuth2ClientSecrets',
  method: 'GET',
  path: '/admin/clients/:id/secrets',
  errors: 'service',

  async handle(ask, { clientSecrets }) {
    return json((await clientSecrets.list(ask.params.id ?? '')).map(shown));
  },
});

/** Ends one secret, but not the newest. */
export const deleteClientSecret: Endpoint<SecretAdmin> = defineEndpoint<SecretAdmin>({
  operation: 'deleteOAuth2ClientSecret',
  method: 'DELETE',
  path: '/admin/clients/:id/secrets/:secret',
  errors: 'service',

  async handle(ask, { clientSecrets }) {
    await clientSecrets.remove(ask.params.id ?? '', ask.params.secret ?? '');
    return noContent();
  },
});

function shown({ id, created, expires, lastUsed }: SecretRecord): Record<string, unknown> {
  return {
    id,
    created_at: toRfc3339(created),
    expires_at: expires === null ? null : toRfc3339(expires),
    last_used_at: lastUsed === null ? null : toRfc3339(lastUsed),
  };
}
