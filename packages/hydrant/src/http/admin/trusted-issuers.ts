/** Trusted issuers of the JWT bearer grant (RFC 7523 §3): create, read, list, delete. */
import type { TrustedIssuer } from '../../model/trusted-issuer.js';
import { OAuthError } from '../../protocol/errors.js';
import { toRfc3339 } from '../../protocol/time.js';
import type { TrustOperations } from '../../trust/trusted-issuers.js';
import { readObject } from '../body.js';
import { type Ask, defineEndpoint, type Endpoint, json, noContent } from '../endpoint.js';
import type { PageTokens } from '../page-tokens.js';
import { PAGING } from '../paging.js';

/** What the operations on trusted issuers need. */
export interface TrustAdmin {
  readonly trust: TrustOperations;
  readonly pageTokens: PageTokens;
}

const PATH = '/trust/grants/jwt-bearer/issuers';
const LIST = 'trusted-issuers';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const trustIssuer: Endpoint<TrustAdmin> = defineEndpoint<TrustAdmin>({
  operation: 'trustOAuth2JwtGrantIssuer',
  method: 'POST',
  path: `/admin${PATH}`,
  errors: 'service',
  badBody: 'error',

  async handle(ask, { trust }) {
    const made = await trust.create(readObject(ask));
    // Hydra: the location has no prefix, whichever path was asked.
    return json(shown(made), 201, { location: `${PATH}/${made.id}` });
  },
});

export const getTrustedIssuer: Endpoint<TrustAdmin> = defineEndpoint<TrustAdmin>({
  operation: 'getTrustedOAuth2JwtGrantIssuer',
  method: 'GET',
  path: `/admin${PATH}/:id`,
  errors: 'service',
  handle: async (ask, { trust }) => json(shown(await trust.get(idOf(ask)))),
});

export const listTrustedIssuers: Endpoint<TrustAdmin> = defineEndpoint<TrustAdmin>({
  operation: 'listTrustedOAuth2JwtGrantIssuers',
  method: 'GET',
  path: `/admin${PATH}`,
  errors: 'service',

  async handle(ask, { trust, pageTokens }) {
    const paging = PAGING[ask.generation.name];
    const page = paging.read(ask, LIST, pageTokens);
    const issuer = ask.query.get('issuer');
    const filter = issuer ? { issuer } : {};
    const found = await trust.list({ ...page, ...filter, limit: page.limit + 1 });
    const rows = found.slice(0, page.limit);
    const lastKey = found.length > rows.length ? rows.at(-1)?.id : undefined;
    const total = () => trust.count(filter);
    return json(rows.map(shown), 200, await paging.headers(ask, LIST, page, { lastKey, total }, pageTokens));
  },
});

export const deleteTrustedIssuer: Endpoint<TrustAdmin> = defineEndpoint<TrustAdmin>({
  operation: 'deleteTrustedOAuth2JwtGrantIssuer',
  method: 'DELETE',
  path: `/admin${PATH}/:id`,
  errors: 'service',

  async handle(ask, { trust }) {
    await trust.delete(idOf(ask));
    return noContent();
  },
});

/** Hydra: under `/admin` an id that is no UUID is a mistake of its own; without prefix it is one that nobody has. */
function idOf(ask: Ask): string {
  const id = ask.params.id ?? '';
  if (UUID.test(id) || ask.generation.name === 'first') return id.toLowerCase();
  throw new OAuthError('The request was malformed or contained invalid parameters', 'The id has to be a UUID.');
}

function shown(trusted: TrustedIssuer): Record<string, unknown> {
  return {
    id: trusted.id,
    issuer: trusted.issuer,
    subject: trusted.subject,
    allow_any_subject: trusted.allowAnySubject,
    scope: trusted.scope,
    public_key: { set: trusted.issuer, kid: trusted.kid },
    created_at: toRfc3339(trusted.createdAt),
    expires_at: toRfc3339(trusted.expiresAt),
  };
}
