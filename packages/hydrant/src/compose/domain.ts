/** Puts the domain together on a store: every part gets what it uses, by name. */
import { type AuthorizeOptions, createAuthorize } from '../authorize/index.js';
import { createClientAuth } from '../client-auth/index.js';
import { createClientKeys } from '../clients/client-keys.js';
import { type ClientOperationsParts, createClientOperations } from '../clients/register.js';
import { createSecretOperations } from '../clients/rotate-secret.js';
import { createSecretUses, type SecretUses } from '../clients/secret-uses.js';
import { createSelfRegistration } from '../clients/self-registration.js';
import type { Config } from '../config/index.js';
import { createSecretVerifier } from '../crypto/client-secret.js';
import type { Random } from '../crypto/random.js';
import { createSecretRing, type SecretRing } from '../crypto/secret-ring.js';
import type { Events } from '../events/index.js';
import { grants } from '../grants/index.js';
import { createGuardedFetch } from '../hooks/guarded-fetch.js';
import type { AdminDeps } from '../http/admin/index.js';
import { createPageTokens } from '../http/page-tokens.js';
import { defaultTheme } from '../http/pages/theme.js';
import { type BuiltInApp, createBuiltInApp } from '../http/public/built-in-app.js';
import { discoveryDocument } from '../http/public/discovery-document.js';
import type { PublicDeps } from '../http/public/index.js';
import { createConsentInteractions, createLoginInteractions, createLogoutInteractions } from '../interactions/index.js';
import { createKeyOperations } from '../keys/key-sets.js';
import { createSigningKeys, type SigningKeys } from '../keys/signing-keys.js';
import { createLoginSessions } from '../logout/end-session.js';
import { createDeliver, createLogout, type LogoutOptions } from '../logout/index.js';
import { ACCESS_TOKEN_KEYS, ID_TOKEN_KEYS } from '../model/json-web-key.js';
import { scopeStrategy } from '../protocol/scope.js';
import type { Clock } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { createCredentialIssuer } from '../tokens/credential.js';
import { createExchange } from '../tokens/exchange.js';
import { createFindToken, type FindToken } from '../tokens/find-token.js';
import { createIntrospect } from '../tokens/introspect.js';
import { createMinter } from '../tokens/mint.js';
import { createProofNonces } from '../tokens/proof-nonce.js';
import { createRevoke } from '../tokens/revoke.js';
import { createUserinfo } from '../tokens/userinfo.js';
import { createTrustOperations } from '../trust/trusted-issuers.js';
import { createDevices } from './devices.js';
import { discoverySettings } from './discovery.js';
import { createHooks } from './hooks.js';
import {
  addressesOf,
  assertionRulesOf,
  cookiesOf,
  lifetimesOf,
  pkceRequiredBy,
  reachOf,
  registrationRulesOf,
  rotationGraceOf,
  secretHasherOf,
  subjectTypesOf,
  tokenFormatOf,
} from './settings.js';

/** RSA keys that sign tokens: 4096 bits cost fifteen times as much and no relying party asks for them. */
const SIGNING_RSA_BITS = 2048;

export interface DomainParts {
  readonly config: Config;
  readonly store: Store;
  readonly ring: SecretRing;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Events;
  readonly version: string;
  /** Called when logout tokens were recorded and should go out at once. */
  readonly deliverSoon: () => void;
}

/** What the listeners, jobs and the start need. */
export interface Domain {
  readonly admin: AdminDeps;
  readonly public: PublicDeps;
  readonly signingKeys: SigningKeys;
  readonly deliver: ReturnType<typeof createDeliver>;
  readonly findToken: FindToken;
  readonly secretUses: SecretUses;
  close(): Promise<void>;
}

export function createDomain(parts: DomainParts): Domain {
  const { config, store, ring, clock, random, events, version } = parts;
  const addresses = addressesOf(config);
  const { issuer } = addresses;
  const lifetimes = lifetimesOf(config);
  const strategy = scopeStrategy(config.strategies.scope);
  const { system, cookie, pagination } = config.secrets;
  const cookieRing = createSecretRing(cookie.length > 0 ? cookie : system);
  const pageRing = createSecretRing(pagination.length > 0 ? pagination : system);
  const rotationGrace = rotationGraceOf(config);
  const exposeDebug = config.oauth2.expose_internal_errors;

  const fetch = createGuardedFetch(reachOf(config));
  const hooks = createHooks(config, clock, events);
  const verifier = createSecretVerifier(ring);
  const secretUses = createSecretUses({ store, clock });
  const { keysOf } = createClientKeys({ fetch, clock });
  const signingKeys = createSigningKeys({
    store,
    random,
    clock,
    algorithm: config.strategies.jwt.signing_algorithm,
    rsaBits: SIGNING_RSA_BITS,
    broadcast: config.webfinger.jwks.broadcast_keys,
  });
  const idTokenKeys = () => signingKeys.verificationKeys(ID_TOKEN_KEYS);
  const { signer } = signingKeys;

  const minter = createMinter({ ring, random, format: tokenFormatOf(config), signer });
  const audiences = [
    ...new Set([addresses.tokenEndpoint, config.webfinger.oidc_discovery.token_url ?? addresses.tokenEndpoint, issuer]),
  ];
  const clientAuth = createClientAuth({
    clients: store.clients,
    verifier,
    secretUses,
    clock,
    assertions: store.assertions,
    keysOf,
    audiences,
  });
  const pkceRequired = pkceRequiredBy(config);
  const findToken = createFindToken({
    tokens: store.tokens,
    clients: store.clients,
    ring,
    clock,
    accessTokenKeys: () => signingKeys.verificationKeys(ACCESS_TOKEN_KEYS),
    rotationGrace,
  });
  const rules = {
    scopeStrategy: strategy,
    pkceRequired,
    grantAllowedScope: config.oauth2.client_credentials.default_grant_allowed_scope,
    rotationGrace,
    pollingInterval: config.oauth2.device_authorization.token_polling_interval,
    assertions: assertionRulesOf(config, audiences),
  };
  const nonces = createProofNonces({ ring, random, clock, lifetime: config.ttl.vc_nonce });

  const registering: ClientOperationsParts = {
    store,
    ring,
    random,
    clock,
    fetch,
    verifier,
    events,
    hasher: secretHasherOf(config),
    rules: {
      subjectTypes: subjectTypesOf(config),
      defaultScope: config.oidc.dynamic_client_registration.default_scope,
    },
  };
  const login = createLoginInteractions({ store, ring, clock, events });
  const consent = createConsentInteractions({ store, ring, clock, events });
  const logoutRequests = createLogoutInteractions({ store, ring, clock, endpoint: addresses.logoutEndpoint });
  const logoutOptions: LogoutOptions = {
    sessions: store.sessions,
    clients: store.clients,
    families: store.families,
    logouts: store.logouts,
    notices: store.notices,
    ring,
    cookieRing,
    random,
    clock,
    issuer,
    idTokenKeys,
    urls: { logout: addresses.logout, postLogoutRedirect: addresses.postLogoutRedirect },
    lifetime: config.ttl.login_consent_request,
    deliverSoon: parts.deliverSoon,
  };

  const authorizeOptions: AuthorizeOptions = {
    clients: store.clients,
    store,
    sessions: store.sessions,
    subjects: store.subjects,
    cookieRing,
    ring,
    clock,
    random,
    minter,
    lifetimes,
    issuer,
    idTokenKeys,
    exposeDebug,
    events,
    keysOf,
    fetchObject: (url) => fetch.get(url),
    pairwise: {
      enabled: subjectTypesOf(config).includes('pairwise'),
      salt: config.oidc.subject_identifiers.pairwise.salt ?? '',
    },
    rules: {
      scopeStrategy: strategy,
      pkceRequired,
      plainPkce: config.oauth2.pkce.allow_plain,
      insecureRedirects: config.dev,
    },
    urls: addresses,
    flowLifetime: config.ttl.login_consent_request,
    sessionLifetime: config.ttl.authentication_session,
  };
  const { device, deviceAuthorization, deviceVerification } = createDevices({
    config,
    store,
    addresses,
    clientAuth,
    events,
    authorize: authorizeOptions,
  });

  return {
    signingKeys,
    findToken,
    secretUses,
    deliver: createDeliver({
      clients: store.clients,
      signer,
      issuer,
      clock,
      random,
      post: (url, form) => fetch.post(url, new URLSearchParams(form)),
    }),
    close: async () => {
      const written = secretUses.write().catch((error: unknown) => events.unexpected(error, 'last uses of secrets'));
      await Promise.all([fetch.close(), hooks.close(), written]);
    },
    admin: {
      login,
      consent,
      device,
      logoutRequests,
      loginSessions: createLoginSessions(logoutOptions),
      introspect: createIntrospect({ findToken, scopeStrategy: strategy, issuer }),
      clients: createClientOperations(registering),
      clientSecrets: createSecretOperations({ ...registering, secretUses }),
      keys: createKeyOperations({ store, random, clock, signingRsaBits: SIGNING_RSA_BITS }),
      trust: createTrustOperations({ store, random, clock }),
      clientStore: store.clients,
      consents: store.consents,
      tokens: store.tokens,
      accessTokenLifetime: lifetimes.accessToken,
      pageTokens: createPageTokens(pageRing, clock),
      publicUrl: addresses.publicUrl,
      ring,
      clock,
      version,
      ready: () => store.ready(),
      metrics: () => events.metrics(),
    },
    public: {
      authorize: createAuthorize(authorizeOptions),
      deviceAuthorization,
      deviceVerification,
      logout: createLogout(logoutOptions),
      exchange: createExchange({
        ...{ grants, clientAuth, store, minter, ring, rules, lifetimes, clock, events, nonces, hooks: hooks.ask },
        publicKeys: signingKeys.verificationKeys,
      }),
      revoke: createRevoke({ clientAuth, findToken, store, clock }),
      userinfo: createUserinfo({ findToken, issuer, signer, clock, random }),
      credentials: createCredentialIssuer({ findToken, nonces, issuer, signer, clock, random }),
      registration: config.oidc.dynamic_client_registration.enabled
        ? createSelfRegistration(registering, registrationRulesOf(config))
        : undefined,
      publicUrl: addresses.publicUrl,
      cookies: cookiesOf(config),
      theme: defaultTheme,
      errorUrl: addresses.error,
      exposeDebug,
      discovery: async () => discoveryDocument(discoverySettings(config), await signer(ID_TOKEN_KEYS)),
      publishedKeys: () => signingKeys.published(),
      ready: () => store.ready(),
      app: builtInApp(config, { login, consent, device, logout: logoutRequests, ring, clock }),
    },
  };
}

/** The built-in pages stand in for missing apps in development mode alone. */
function builtInApp(
  { dev, urls }: Config,
  app: Omit<Parameters<typeof createBuiltInApp>[0], 'pages'>,
): BuiltInApp | undefined {
  if (!dev) return undefined;
  const urlOf = [
    ['login', urls.login],
    ['consent', urls.consent],
    ['logout', urls.logout],
    ['device', urls.device.verification],
    ['device/done', urls.device.success],
  ] as const;
  const pages = urlOf.filter(([, url]) => url === undefined).map(([name]) => name);
  return pages.length > 0 ? createBuiltInApp({ ...app, pages: new Set(pages) }) : undefined;
}
