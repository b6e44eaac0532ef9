import type { Jwk } from '../../crypto/jwk.js';
import { DEVICE_GRANT } from '../../model/device.js';
import { JWT_BEARER_GRANT } from '../../model/trusted-issuer.js';
import { CLIENT_SIGNATURE_ALGORITHMS } from '../../protocol/signature-algorithms.js';
import { CREDENTIAL_FORMAT, CREDENTIAL_TYPES } from '../../tokens/credential.js';

/** What the discovery document is made of. */
export interface DiscoverySettings {
  readonly issuer: string;
  /** Base of the endpoint URLs, without slash at the end. */
  readonly publicUrl: string;
  /** URLs that the operator says are others. */
  readonly overrides: {
    readonly [name in 'auth' | 'device' | 'token' | 'userinfo' | 'jwks' | 'registration' | 'credentials']?:
      | string
      | undefined;
  };
  readonly subjectTypes: readonly string[];
  readonly claims: readonly string[];
  readonly scopes: readonly string[];
}

/** The metadata of OpenID Connect Discovery 1.0 §3 and RFC 8414 §2: what this server really does, no more. */
export function discoveryDocument(settings: DiscoverySettings, signingKey: Jwk): Record<string, unknown> {
  const { issuer, publicUrl, overrides } = settings;
  const atIssuer = `${issuer.replace(/\/+$/, '')}`;
  const algorithm = String(signingKey.alg ?? 'RS256');
  return {
    issuer,
    authorization_endpoint: overrides.auth ?? `${publicUrl}/oauth2/auth`,
    token_endpoint: overrides.token ?? `${publicUrl}/oauth2/token`,
    device_authorization_endpoint: overrides.device ?? `${publicUrl}/oauth2/device/auth`,
    jwks_uri: overrides.jwks ?? `${atIssuer}/.well-known/jwks.json`,
    revocation_endpoint: `${atIssuer}/oauth2/revoke`,
    end_session_endpoint: `${atIssuer}/oauth2/sessions/logout`,
    userinfo_endpoint: overrides.userinfo ?? `${publicUrl}/userinfo`,
    ...(overrides.registration && { registration_endpoint: overrides.registration }),
    subject_types_supported: settings.subjectTypes,
    response_types_supported: ['code', 'code id_token', 'id_token', 'token id_token', 'token', 'token id_token code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: [
      ...['authorization_code', 'implicit', 'client_credentials', 'refresh_token'],
      ...[DEVICE_GRANT, JWT_BEARER_GRANT],
    ],
    claims_supported: [...new Set(['sub', ...settings.claims])],
    scopes_supported: [...new Set(['offline_access', 'offline', 'openid', ...settings.scopes])],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
    token_endpoint_auth_signing_alg_values_supported: CLIENT_SIGNATURE_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: [
      'client_secret_post',
      'client_secret_basic',
      'private_key_jwt',
      'none',
    ],
    id_token_signing_alg_values_supported: [algorithm],
    id_token_signed_response_alg: [algorithm],
    userinfo_signing_alg_values_supported: ['none', algorithm],
    userinfo_signed_response_alg: [algorithm],
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    claims_parameter_supported: false,
    request_object_signing_alg_values_supported: ['none', ...CLIENT_SIGNATURE_ALGORITHMS],
    credentials_endpoint_draft_00: overrides.credentials ?? `${publicUrl}/credentials`,
    credentials_supported_draft_00: [
      {
        format: CREDENTIAL_FORMAT,
        types: CREDENTIAL_TYPES,
        cryptographic_binding_methods_supported: ['jwk'],
        cryptographic_suites_supported: [...CLIENT_SIGNATURE_ALGORITHMS, 'EdDSA'],
      },
    ],
    // Hydra lists `plain` too, and refuses it.
    code_challenge_methods_supported: ['plain', 'S256'],
    // RFC 9207 §3
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
  };
}
