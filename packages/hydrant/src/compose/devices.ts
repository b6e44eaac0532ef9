/** The parts of device authorization (RFC 8628), which share the user codes and the addresses. */
import type { AuthorizeOptions } from '../authorize/index.js';
import type { ClientAuth } from '../client-auth/index.js';
import type { Config } from '../config/index.js';
import {
  createDeviceAuthorization,
  createDeviceVerification,
  type DeviceAuthorization,
  type DeviceVerification,
} from '../device/index.js';
import type { Events } from '../events/index.js';
import { createDeviceInteractions, type DeviceInteractions } from '../interactions/index.js';
import type { Store } from '../store/index.js';
import { type Addresses, userCodesOf } from './settings.js';

/** Wrong user codes that one challenge may see, and this process in a minute (RFC 8628 §5.1). */
const WRONG_CODES = { perChallenge: 5, perMinute: 300 } as const;

export interface DeviceParts {
  readonly config: Config;
  readonly store: Store;
  readonly addresses: Addresses;
  readonly clientAuth: ClientAuth;
  readonly events: Events;
  /** Login and consent go as at the authorization endpoint. */
  readonly authorize: AuthorizeOptions;
}

export interface Devices {
  readonly device: DeviceInteractions;
  readonly deviceAuthorization: DeviceAuthorization;
  readonly deviceVerification: DeviceVerification;
}

export function createDevices({ config, store, addresses, clientAuth, events, authorize }: DeviceParts): Devices {
  const { ring, random, clock } = authorize;
  const { devices, deviceVisits } = store;
  const userCodes = userCodesOf(config);
  return {
    device: createDeviceInteractions({ store, ring, clock, userCodes, wrongCodes: WRONG_CODES, events }),
    deviceAuthorization: createDeviceAuthorization({
      clientAuth,
      devices,
      ring,
      random,
      clock,
      scopeStrategy: authorize.rules.scopeStrategy,
      userCodes,
      lifetime: config.ttl.device_user_code,
      interval: config.oauth2.device_authorization.token_polling_interval,
      verificationUrl: addresses.deviceVerification,
      events,
    }),
    deviceVerification: createDeviceVerification({
      ...authorize,
      devices,
      deviceVisits,
      deviceUrls: { verification: addresses.deviceVerification, app: addresses.device, done: addresses.deviceDone },
      deviceEvents: events,
    }),
  };
}
