import { isPublicClient } from '../../model/client.js';
import { readForm } from '../body.js';
import { type Answer, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { second } from '../generations/second.js';
import { consentPage, consentPageCsp } from '../pages/consent.js';
import type { PublicDeps } from './deps.js';
import { notice, page, pageOfRefusal, refusedOnPage, requireUnfinished } from './fallback-pages.js';

type Deps = Pick<PublicDeps, 'app' | 'theme'>;

const PATH = '/oauth2/fallbacks/consent';

/** The built-in consent page, or what to configure in its place. */
export const fallbackConsent: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'fallbackConsent',
  method: 'GET',
  path: PATH,
  errors: 'service',
  cors: false,
  refused: refusedOnPage,

  handle(ask, deps) {
    const challenge = ask.query.get('consent_challenge');
    const { app, theme } = deps;
    if (!app?.pages.has('consent') || !challenge) return notice('consent', theme);
    return pageOfRefusal(deps, async (): Promise<Answer> => {
      const { flow, client } = await app.consent.get(challenge, second.consent);
      requireUnfinished(flow);
      // Either the person granted all of this before, or the operator trusts the client, if it is that client at all.
      const trusted = client.metadata.skip_consent && !(flow.request.device !== undefined && isPublicClient(client));
      if (flow.consentSkip || trusted) {
        return redirect(await app.acceptConsent(challenge, flow, flow.request.requestedScope, false), 303);
      }
      const { metadata } = client;
      const data = {
        action: PATH,
        csrf: app.formToken('consent_challenge', challenge),
        challenge,
        clientName: metadata.client_name || client.id,
        clientUri: metadata.client_uri || undefined,
        policyUri: metadata.policy_uri || undefined,
        tosUri: metadata.tos_uri || undefined,
        subject: flow.login.subject,
        scopes: [...flow.request.requestedScope],
        audience: [...flow.request.requestedAudience],
        theme,
      };
      return page(consentPage(data), consentPageCsp(data));
    });
  },
});

/** The decision of the person on that page. */
export const fallbackConsentByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...fallbackConsent,
  operation: 'fallbackConsentPost',
  method: 'POST',

  async handle(ask, deps) {
    const form = (await readForm(ask)) ?? new URLSearchParams();
    const challenge = form.get('challenge') ?? '';
    const { app } = deps;
    if (!app?.pages.has('consent')) return notice('consent', deps.theme);
    return pageOfRefusal(deps, async () => {
      app.requireFormToken('consent_challenge', challenge, form.get('csrf') ?? '');
      const { flow } = await app.consent.get(challenge, second.consent);
      requireUnfinished(flow);
      if (form.get('decision') === 'reject') return redirect(await app.rejectConsent(challenge), 303);
      // Only what was asked for: the page offered nothing else.
      const scope = form.getAll('grant_scope').filter((one) => flow.request.requestedScope.includes(one));
      return redirect(await app.acceptConsent(challenge, flow, scope, form.get('remember') === 'true'), 303);
    });
  },
});
