import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';

/** What the SDK asks of an app: to keep things, and to open the browser. */
export interface McpClient {
  readonly provider: OAuthClientProvider;
  /** What it keeps now. */
  readonly kept: {
    client?: OAuthClientInformationMixed | undefined;
    tokens?: OAuthTokens | undefined;
    verifier?: string | undefined;
    /** Where the browser was to go last. */
    authorization?: URL;
  };
}

/** A native app: a public client on a loopback address (RFC 8252 §7.3), with members of its own in its registration. */
export function mcpClient(members: object = {}): McpClient {
  const redirectUrl = 'http://127.0.0.1:33418/callback';
  const clientMetadata: OAuthClientMetadata = {
    client_name: 'Photo assistant',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...members,
  };
  const kept: McpClient['kept'] = {};
  const provider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata,
    state: () => 'a-state-of-its-own',
    clientInformation: () => kept.client,
    saveClientInformation(client) {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens(tokens) {
      kept.tokens = tokens;
    },
    redirectToAuthorization(url) {
      kept.authorization = url;
    },
    saveCodeVerifier(verifier) {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? '',
    invalidateCredentials(scope) {
      if (scope === 'all' || scope === 'tokens') kept.tokens = undefined;
      if (scope === 'all' || scope === 'client') kept.client = undefined;
    },
  };
  return { provider, kept };
}
