import type { ClientAuth, Credentials } from '../client-auth/index.js';
import { mintOpaque } from '../crypto/opaque-token.js';
import type { Random } from '../crypto/random.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import { drawUserCode, userCodeDigests } from '../crypto/user-code.js';
import { type Client, mayUseGrant } from '../model/client.js';
import { DEVICE_GRANT, NOT_POLLED } from '../model/device.js';
import { coversAudience, parseAudience } from '../protocol/audience.js';
import { OAuthError } from '../protocol/errors.js';
import { withQuery } from '../protocol/redirect-uri.js';
import { parseResource, requireTargets } from '../protocol/resource.js';
import { coversScope, parseScope, type ScopeStrategy } from '../protocol/scope.js';
import { type Clock, type Milliseconds, type Seconds, toSeconds } from '../protocol/time.js';
import type { UserCodeFormat } from '../protocol/user-code.js';
import type { DeviceStore } from '../store/index.js';

/** The response of RFC 8628 §3.2 in its wire form. */
export interface DeviceCodes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: Seconds;
  readonly interval: Seconds;
}

export interface DeviceAuthorizationOptions {
  readonly clientAuth: ClientAuth;
  readonly devices: Pick<DeviceStore, 'insert'>;
  readonly ring: SecretRing;
  readonly random: Random;
  readonly clock: Clock;
  readonly scopeStrategy: ScopeStrategy;
  readonly userCodes: UserCodeFormat;
  /** `ttl.device_user_code`. */
  readonly lifetime: Milliseconds;
  readonly interval: Milliseconds;
  /** Where the person goes with the user code. */
  readonly verificationUrl: string;
  readonly events: { deviceStarted(clientId: string): void };
}

/** What a device sends. */
export interface DeviceForm {
  readonly form: URLSearchParams | undefined;
  readonly authorization: string | undefined;
}

/** The device authorization endpoint (RFC 8628 §3.1). @throws OAuthError with the code and status of RFC 6749 §5.2. */
export type DeviceAuthorization = (request: DeviceForm) => Promise<DeviceCodes>;

/** User codes are few, so one that is taken is drawn again; if this often is not enough, there are too few of them. */
const MOST_DRAWS = 10;

export function createDeviceAuthorization(options: DeviceAuthorizationOptions): DeviceAuthorization {
  const { clientAuth, devices, ring, random, clock, userCodes, lifetime, interval, verificationUrl } = options;

  async function authenticate(credentials: Credentials): Promise<Client> {
    const client = await clientAuth.authenticate(credentials);
    // RFC 8628 §3.1. Hydra: needed even where the client authenticates otherwise.
    if (credentials.form.get('client_id') !== client.id)
      throw new OAuthError('invalid_request', 'The parameter client_id has to be in the form, and of the same client.');
    if (!mayUseGrant(client, DEVICE_GRANT))
      throw new OAuthError('invalid_grant', `The client may not use the grant type ${DEVICE_GRANT}.`);
    return client;
  }

  /** What the client asks for. @throws OAuthError where it may not. */
  function askedFor(form: URLSearchParams, { metadata }: Client): { scope: string[]; audience: string[] } {
    const [scope, audience] = [parseScope(form.get('scope') ?? undefined), parseAudience(form.getAll('audience'))];
    const uncovered = coversScope(options.scopeStrategy, parseScope(metadata.scope), scope);
    if (uncovered !== undefined)
      throw new OAuthError('invalid_scope', `The client may not ask for the scope '${uncovered}'.`);
    const foreign = coversAudience(metadata.audience, audience);
    if (foreign !== undefined)
      throw new OAuthError('invalid_request', `The client may not ask for the audience '${foreign}'.`);
    const resources = parseResource(form.getAll('resource'));
    requireTargets(metadata.audience, resources, 'The client may not ask for');
    return { scope, audience: [...new Set([...audience, ...resources])] };
  }

  return async ({ form = new URLSearchParams(), authorization }) => {
    const client = await authenticate({ form, authorization });
    const { scope, audience } = askedFor(form, client);
    const now = clock.now();
    const { token, key } = mintOpaque('device_code', now + lifetime, ring, random);
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      const userCode = drawUserCode(userCodes, random);
      const [digest] = userCodeDigests(userCode, ring);
      const free = await devices.insert({
        key,
        userCode: digest,
        stage: 'waiting',
        clientId: client.id,
        requestedAt: now,
        requestedScope: scope,
        requestedAudience: audience,
        polling: NOT_POLLED,
      });
      if (!free) continue;
      options.events.deviceStarted(client.id);
      return {
        device_code: token,
        user_code: userCode,
        verification_uri: verificationUrl,
        verification_uri_complete: withQuery(verificationUrl, { user_code: userCode }),
        expires_in: toSeconds(lifetime),
        interval: Math.ceil(interval / 1000),
      };
    }
    throw new OAuthError('temporarily_unavailable', 'Too many devices wait at the moment, please try again.');
  };
}
