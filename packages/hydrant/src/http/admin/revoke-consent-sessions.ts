import { OAuthError } from '../../protocol/errors.js';
import type { ConsentFilter } from '../../store/index.js';
import { type Ask, defineEndpoint, type Endpoint, noContent } from '../endpoint.js';
import type { ConsentSessionsDeps } from './list-consent-sessions.js';

/** Withdraws consents and with them every token that they gave. */
export const revokeConsentSessions: Endpoint<Pick<ConsentSessionsDeps, 'consents'>> = defineEndpoint({
  operation: 'revokeOAuth2ConsentSessions',
  method: 'DELETE',
  path: '/admin/oauth2/auth/sessions/consent',
  errors: 'service',

  async handle(ask, { consents }) {
    const gone = await consents.revoke(filterOf(ask));
    const refusal = gone === 0 ? ask.generation.revocation.nothing() : undefined;
    if (refusal) throw refusal;
    return noContent();
  },
});

/** Nothing is revoked by accident: which consents are meant has to be said in full. */
function filterOf({ query, generation }: Ask): ConsentFilter {
  const { byFamily, clientAndAll } = generation.revocation;
  const [subject, clientId] = [query.get('subject') || undefined, query.get('client') || undefined];
  const familyId = byFamily ? query.get('consent_request_id') || undefined : undefined;
  // Python clients write `True`.
  const all = /^true$/i.test(query.get('all') ?? '');
  if (familyId !== undefined) {
    if (subject !== undefined || clientId !== undefined || all) throw bad("'consent_request_id' goes alone");
    return { familyId };
  }
  if (subject === undefined) throw bad("'subject' is missing");
  if (clientId !== undefined && all && clientAndAll === 'refused') throw bad("send either 'client' or 'all=true'");
  if (clientId !== undefined) return { subject, clientId };
  if (!all) throw bad("send either 'client' or 'all=true' beside 'subject'");
  return { subject };
}

function bad(why: string): OAuthError {
  return new OAuthError('invalid_request', `The query parameters do not fit together: ${why}.`);
}
