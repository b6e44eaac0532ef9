import { afterAll, beforeAll, expect } from 'vitest';
import { type Hydrant, type HydrantOptions, startHydrant } from '../../support/start-hydrant.js';
import { authorizationUrl } from '../support/authorization-url.js';
import type { AdminCalls } from '../support/login-app.js';
import type { Answer, Target } from './answer.js';
import type { ClientBody, FirstAdmin, FirstPublic, FirstSdk, TokenForm, Tokens } from './first-sdks.js';
import { type Calls, watchCalls } from './operations.js';

export const callback = 'https://photos.example/callback';
export const goodbye = 'https://photos.example/goodbye';
const scope = 'openid offline photos.read';
const secret = 'photos-secret';

/** A server of one release's own, with that release's APIs on it. Its members are there within tests only. */
export interface FirstWorld {
  readonly sdk: FirstSdk;
  readonly hydrant: Hydrant;
  readonly admin: FirstAdmin;
  /** The app's calls by this release. */
  readonly calls: AdminCalls;
  readonly watched: Calls;
  createPhotos(clientId: string, more?: ClientBody): Promise<void>;
  /** The public side as one of the clients of `createPhotos`, as a bearer of a token, or as nobody. */
  open(as?: { readonly clientId: string } | { readonly accessToken: string }): FirstPublic;
  exchange(clientId: string, form: TokenForm): Promise<Answer<Tokens>>;
  startUrl(clientId: string, params?: Record<string, string>): URL;
}

export function firstWorld(sdk: FirstSdk, options: HydrantOptions = {}): FirstWorld {
  const watched = watchCalls(sdk.package);
  let hydrant: Hydrant | undefined;
  const server = (): Hydrant => {
    if (!hydrant) throw new Error('The server is there within tests only.');
    return hydrant;
  };
  beforeAll(async () => {
    hydrant = await startHydrant(options);
  });
  afterAll(() => hydrant?.close());

  const target = (clientId: string): Target => ({
    basePath: server().publicUrl,
    username: clientId,
    password: secret,
  });
  return {
    sdk,
    watched,
    get hydrant() {
      return server();
    },
    get admin() {
      return watched.of(sdk.admin({ basePath: server().adminUrl }));
    },
    get calls() {
      return callsOf(watched.of(sdk.admin({ basePath: server().adminUrl })));
    },
    async createPhotos(clientId, more = {}) {
      const { status } = await sdk.admin({ basePath: server().adminUrl }).createOAuth2Client({
        client_id: clientId,
        client_secret: secret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        scope,
        redirect_uris: [callback],
        post_logout_redirect_uris: [goodbye],
        ...more,
      });
      expect(status).toBe(201);
    },
    open(as = { accessToken: '' }) {
      return watched.of(
        sdk.open(
          'clientId' in as ? target(as.clientId) : { basePath: server().publicUrl, accessToken: as.accessToken },
        ),
      );
    },
    exchange: (clientId, form) => sdk.exchange(target(clientId), form, watched.of),
    startUrl: (clientId, params = {}) =>
      authorizationUrl(server().publicUrl, clientId, { redirect_uri: callback, scope, ...params }),
  };
}

export function callsOf(api: FirstAdmin): AdminCalls {
  return {
    getLogin: async (challenge) => (await api.getLoginRequest(challenge)).data,
    acceptLogin: async (challenge, answer) => (await api.acceptLoginRequest(challenge, answer)).data.redirect_to,
    rejectLogin: async (challenge, refusal) => (await api.rejectLoginRequest(challenge, refusal)).data.redirect_to,
    getConsent: async (challenge) => (await api.getConsentRequest(challenge)).data,
    acceptConsent: async (challenge, answer) => (await api.acceptConsentRequest(challenge, answer)).data.redirect_to,
    rejectConsent: async (challenge, refusal) => (await api.rejectConsentRequest(challenge, refusal)).data.redirect_to,
    getLogout: async (challenge) => (await api.getLogoutRequest(challenge)).data,
    acceptLogout: async (challenge) => (await api.acceptLogoutRequest(challenge)).data.redirect_to,
    rejectLogout: async (challenge) => (await api.rejectLogoutRequest(challenge)).data,
  };
}
