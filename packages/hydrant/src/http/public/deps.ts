import type { Authorize } from '../../authorize/index.js';
import type { SelfRegistration } from '../../clients/self-registration.js';
import type { Jwk } from '../../crypto/jwk.js';
import type { DeviceAuthorization, DeviceVerification } from '../../device/index.js';
import type { Logout } from '../../logout/index.js';
import type { CredentialIssuer } from '../../tokens/credential.js';
import type { Exchange } from '../../tokens/exchange.js';
import type { Revoke } from '../../tokens/revoke.js';
import type { Userinfo } from '../../tokens/userinfo.js';
import type { CookieSettings } from '../cookies.js';
import type { Theme } from '../pages/theme.js';
import type { BuiltInApp } from './built-in-app.js';

/** Everything that the public endpoints work with. */
export interface PublicDeps {
  readonly authorize: Authorize;
  readonly deviceAuthorization: DeviceAuthorization;
  readonly deviceVerification: DeviceVerification;
  readonly logout: Logout;
  readonly exchange: Exchange;
  readonly revoke: Revoke;
  readonly userinfo: Userinfo;
  readonly credentials: CredentialIssuer;
  /** Absent where the operator has not opened it. */
  readonly registration: SelfRegistration | undefined;
  /** Base of the public endpoints. */
  readonly publicUrl: string;
  readonly cookies: CookieSettings;
  readonly theme: Theme;
  /** The error page: where refusals go that no client may have. */
  readonly errorUrl: string;
  readonly exposeDebug: boolean;
  readonly discovery: () => Promise<Record<string, unknown>>;
  readonly publishedKeys: () => Promise<readonly Jwk[]>;
  readonly ready: () => Promise<void>;
  /** The built-in login and consent pages; absent where the operator has their own. */
  readonly app: BuiltInApp | undefined;
}
