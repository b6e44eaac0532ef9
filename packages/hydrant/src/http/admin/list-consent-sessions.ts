import { mintHandle } from '../../crypto/handle.js';
import type { SecretRing } from '../../crypto/secret-ring.js';
import { OAuthError } from '../../protocol/errors.js';
import type { Clock } from '../../protocol/time.js';
import type { ClientStore, ConsentStore } from '../../store/index.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { PageTokens } from '../page-tokens.js';
import { PAGING } from '../paging.js';

export interface ConsentSessionsDeps {
  readonly consents: Pick<ConsentStore, 'list' | 'count' | 'revoke'>;
  readonly clientStore: Pick<ClientStore, 'find'>;
  readonly ring: SecretRing;
  readonly clock: Clock;
  readonly pageTokens: PageTokens;
}

/** What a person has granted to clients, remembered or not; grants that a remembered one covered are left out. */
export const listConsentSessions: Endpoint<ConsentSessionsDeps> = defineEndpoint<ConsentSessionsDeps>({
  operation: 'listOAuth2ConsentSessions',
  method: 'GET',
  path: '/admin/oauth2/auth/sessions/consent',
  errors: 'service',

  async handle(ask, { consents, clientStore, ring, clock, pageTokens }) {
    const subject = ask.query.get('subject') ?? '';
    if (subject === '') throw new OAuthError('invalid_request', "The query parameter 'subject' is missing.");
    const sessionId = ask.query.get('login_session_id');
    const paging = PAGING[ask.generation.name];
    const page = paging.read(ask, 'consents', pageTokens);
    const query = { subject, now: clock.now(), ...(sessionId && { sessionId }) };
    const found = await consents.list({ ...query, ...page, limit: page.limit + 1 });
    const shown = found.slice(0, page.limit);
    // Hydra: an empty page has neither links nor a count.
    if (shown.length === 0) return json([]);
    const lastKey = found.length > shown.length ? shown.at(-1)?.id : undefined;
    const headers = await paging.headers(
      ask,
      'consents',
      page,
      { lastKey, total: () => consents.count(query) },
      pageTokens,
    );
    const sessions = await Promise.all(
      shown.map(async (family) => {
        const client = await clientStore.find(family.clientId);
        const flowKey = family.consent?.flowKey;
        return (
          client &&
          ask.generation.consentSession(family, client, flowKey ? mintHandle('login_challenge', flowKey, ring) : '')
        );
      }),
    );
    return json(
      sessions.filter((session) => session !== undefined),
      200,
      headers,
    );
  },
});
