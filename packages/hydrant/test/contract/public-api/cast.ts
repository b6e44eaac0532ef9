/**
 * The clients of §17 of the public contract, and the servers that need more than the usual settings. The tests are
 * numbered as the edge cases there, and read as [v2+]: Hydrant's public side is that of Hydra 26.
 *
 * What rows say of Hydra 1.x alone has no test, since the public side has one behaviour for everybody:
 *
 * | # | What of 1.x is not there | In its place |
 * |---|---|---|
 * | 3, 9 | redirect URIs compared without letter case; their query ignored on loopback | byte for byte (RFC 9700 §4.1.3) |
 * | 5 | `redirect_uri` may be left out with `openid` | refused (OpenID Connect Core §3.1.2.1) |
 * | 10, 26 | status 302 to the client, spaces as `%20` | 303, spaces as `+` |
 * | 22 | `invalid_grant` for a grant that the client does not have | `unauthorized_client` |
 * | 29 | credentials are looked at before the grant type | after it |
 * | 44 | a refresh token that comes back harms nobody (1.7); 401 `token_inactive` (1.11) | 400 `invalid_grant`, the family ends |
 * | 48 | `invalid_request` for an expired refresh token | `invalid_grant` |
 * | 57, 58, 60 | no code in `WWW-Authenticate`; `sub` empty; `sid` at userinfo | the code; no `sub`; no `sid` but `aud` |
 * | 61 | a slash after the issuer | the issuer as it is written |
 * | 62 | one key set | two |
 * | 73 | 405 with `Allow` | 404 |
 * | 74 | `*` in an origin ends at a dot | it does not |
 */
import type { Browser } from '../../support/browser.js';
import { openBrowser } from '../../support/browser.js';
import { givenClient, type TestClient } from '../../support/relying-party.js';
import type { Hydrant } from '../../support/start-hydrant.js';

type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;
type Metadata = Readonly<Record<string, unknown>>;

const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'];

/**
 * Confidential, authenticates with Basic; `B` of the contract is another one of these. The server makes the secret: its
 * hash is quick, and these tests are not about those that somebody chose.
 */
export function givenA(hydrant: Server, metadata: Metadata = {}): Promise<TestClient> {
  return givenClient(hydrant, {
    client_secret: undefined,
    grant_types: GRANTS,
    response_types: ['code'],
    scope: 'openid offline photos.*',
    redirect_uris: ['https://a.example/cb'],
    ...metadata,
  });
}

/** Public, otherwise as A. */
export function givenP(hydrant: Server, metadata: Metadata = {}): Promise<TestClient> {
  return givenA(hydrant, { token_endpoint_auth_method: 'none', ...metadata });
}

/** For implicit and hybrid answers. */
export function givenImplicit(hydrant: Server, metadata: Metadata = {}): Promise<TestClient> {
  return givenA(hydrant, {
    grant_types: ['implicit', 'authorization_code'],
    response_types: ['id_token', 'token', 'id_token token', 'code id_token'],
    ...metadata,
  });
}

/** The public address of a server behind a proxy that ends TLS. */
export const PUBLIC_ADDRESS = 'https://o.example';

/** A server out of development mode. Its listeners speak plain http, as behind such a proxy. */
export const BEHIND_PROXY: Readonly<Record<string, string>> = { DEV: 'false', URLS_SELF_ISSUER: PUBLIC_ADDRESS };

/** A browser on the other side of that proxy. */
export function openBrowserBeyondProxy({ publicUrl }: Server): Browser {
  const { jar, get, post } = openBrowser();
  const through = (url: string | URL) => String(url).replace(PUBLIC_ADDRESS, publicUrl);
  return { jar, get: (url) => get(through(url)), post: (url, form) => post(through(url), form) };
}
