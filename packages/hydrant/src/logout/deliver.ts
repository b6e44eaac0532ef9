import type { Jwk } from '../crypto/jwk.js';
import { signJwt } from '../crypto/jwt.js';
import type { Random } from '../crypto/random.js';
import { ID_TOKEN_KEYS } from '../model/json-web-key.js';
import type { LogoutNotice } from '../model/logout.js';
import { type Clock, toSeconds } from '../protocol/time.js';
import type { ClientStore } from '../store/index.js';

export interface DeliverOptions {
  readonly clients: Pick<ClientStore, 'find'>;
  readonly signer: (set: string) => Promise<Jwk>;
  readonly post: (url: string, form: Record<string, string>) => Promise<{ readonly status: number }>;
  readonly issuer: string;
  readonly clock: Clock;
  readonly random: Random;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What became of one attempt. `gone`: there is nobody to tell any more. */
export type DeliveryResult = 'delivered' | 'gone' | { readonly retry: string };

/** Sends one logout token (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.5). A client answers 200 or 204; anything else is tried again. */
export function createDeliver({
  clients,
  signer,
  post,
  issuer,
  clock,
  random,
}: DeliverOptions): (notice: LogoutNotice) => Promise<DeliveryResult> {
  return async (notice) => {
    const client = await clients.find(notice.clientId);
    if (!client?.metadata.backchannel_logout_uri) return 'gone';
    const claims = {
      iss: issuer,
      aud: [client.id],
      iat: toSeconds(clock.now()),
      jti: random.uuid(),
      events: { [EVENT]: {} },
      sid: notice.sessionId,
    };
    const logoutToken = await signJwt(await signer(ID_TOKEN_KEYS), { typ: 'JWT' }, claims);
    try {
      const { status } = await post(client.metadata.backchannel_logout_uri, { logout_token: logoutToken });
      return status === 200 || status === 204 ? 'delivered' : { retry: `status ${status}` };
    } catch (error) {
      return { retry: error instanceof Error ? error.message : 'unknown failure' };
    }
  };
}
