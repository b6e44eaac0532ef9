/** What discovery says of this server, out of the configuration. */
import type { Config } from '../config/index.js';
import type { DiscoverySettings } from '../http/public/discovery-document.js';
import { addressesOf, subjectTypesOf } from './settings.js';

export function discoverySettings(config: Config): DiscoverySettings {
  const { issuer, publicUrl } = addressesOf(config);
  const { oidc_discovery: own } = config.webfinger;
  return {
    issuer,
    publicUrl,
    overrides: {
      auth: own.auth_url,
      device: own.device_authorization_url,
      token: own.token_url,
      userinfo: own.userinfo_url,
      jwks: own.jwks_url,
      credentials: own.verifiable_credentials_url,
      // Hydra: only what the operator names; then clients that look for it here do not find what is open to them.
      registration:
        own.client_registration_url ??
        (config.oidc.dynamic_client_registration.enabled ? `${publicUrl}/oauth2/register` : undefined),
    },
    subjectTypes: subjectTypesOf(config),
    claims: own.supported_claims,
    scopes: own.supported_scope,
  };
}
