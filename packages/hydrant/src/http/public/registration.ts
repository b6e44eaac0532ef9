/** How a client reads, changes and ends its own registration (RFC 7592 §2). */
import type { SelfRegistration } from '../../clients/self-registration.js';
import { selfView } from '../../clients/view.js';
import { OAuthError } from '../../protocol/errors.js';
import { readObject } from '../body.js';
import { type Ask, defineEndpoint, type Endpoint, json, noContent } from '../endpoint.js';
import { NO_STORE } from '../errors.js';
import type { PublicDeps } from './deps.js';
import { header } from './token.js';

type Deps = Pick<PublicDeps, 'registration'>;

export const readRegistration: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'getOidcDynamicClient',
  method: 'GET',
  path: '/oauth2/register/:id',
  errors: 'service',
  cors: true,

  async handle(ask, { registration }) {
    return json(selfView(await opened(registration).read(ask.params.id ?? '', tokenOf(ask))));
  },
});

export const replaceRegistration: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'setOidcDynamicClient',
  method: 'PUT',
  path: '/oauth2/register/:id',
  errors: 'service',
  badBody: 'The request was malformed or contained invalid parameters',
  cors: true,

  async handle(ask, { registration }) {
    const { client, registrationToken } = await opened(registration).replace(ask.params.id ?? '', tokenOf(ask), () =>
      readObject(ask),
    );
    return json({ ...selfView(client), registration_access_token: registrationToken }, 200, { ...NO_STORE });
  },
});

export const deleteRegistration: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'deleteOidcDynamicClient',
  method: 'DELETE',
  path: '/oauth2/register/:id',
  errors: 'service',
  cors: true,

  async handle(ask, { registration }) {
    await opened(registration).delete(ask.params.id ?? '', tokenOf(ask));
    return noContent();
  },
});

/** @throws OAuthError 404 where the operator has not opened registration */
export function opened(registration: SelfRegistration | undefined): SelfRegistration {
  if (registration !== undefined) return registration;
  throw new OAuthError(
    'The requested resource could not be found',
    'Clients cannot register themselves here. The setting oidc.dynamic_client_registration.enabled opens it.',
  );
}

/** RFC 7592 §1.3: in the header alone, for addresses end up in logs. */
function tokenOf(ask: Ask): string | undefined {
  return /^bearer +(.+)$/i.exec(header(ask.headers.authorization) ?? '')?.[1];
}
