/**
 * Where a person's browser comes to with the code of a device (RFC 8628 §3.3), and comes back to from the device, login and
 * consent apps. There is no client to send a refusal to, so refusals are answered here.
 */
import { afterLogin } from '../authorize/after-login.js';
import { askLogin } from '../authorize/ask-login.js';
import { requireCsrf } from '../authorize/csrf.js';
import { flowName, maxAgeOf } from '../authorize/flow-name.js';
import type { AuthorizeOptions, SessionChange, ToApp, Visit } from '../authorize/index.js';
import { Refused } from '../authorize/refused.js';
import type { AskedRequest } from '../authorize/request.js';
import { findClient } from '../authorize/trust.js';
import { handleExpiry, mintHandle, newHandleKey, readHandle } from '../crypto/handle.js';
import { keyExpiry } from '../crypto/opaque-token.js';
import { isPublicClient } from '../model/client.js';
import type { DeviceRequest } from '../model/device.js';
import { OAuthError, type Rejection } from '../protocol/errors.js';
import { replaceQueryParams, withQuery } from '../protocol/redirect-uri.js';
import type { DeviceStore, DeviceVisitStore } from '../store/index.js';
import { approve } from './approve.js';

export interface DeviceVerificationOptions extends AuthorizeOptions {
  readonly devices: DeviceStore;
  readonly deviceVisits: DeviceVisitStore;
  readonly deviceUrls: {
    /** This endpoint as the world sees it. */
    readonly verification: string;
    /** The app where user codes are typed. */
    readonly app: string;
    /** Where the browser ends when a device was let in. */
    readonly done: string;
  };
  readonly deviceEvents: { deviceDenied(clientId: string): void };
}

export type DeviceOutcome =
  | ToApp
  /** The device has what it wants, or hears at its next poll that it does not get it. */
  | { readonly kind: 'done'; readonly url: string; readonly finished: string }
  | {
      readonly kind: 'refused';
      readonly refusal: OAuthError | Rejection;
      readonly session: SessionChange | undefined;
    };

export interface DeviceVerification {
  /** Answers one visit; refusals are outcomes too, only bugs are thrown. `rawQuery` is the query as the browser sent it. */
  visit(visit: Visit, rawQuery: string): Promise<DeviceOutcome>;
}

/** What stands for a user code in URLs that are kept, as the apps see it in `request_url`. */
const MASK = '****';

export function createDeviceVerification(options: DeviceVerificationOptions): DeviceVerification {
  const { ring, clock, store, devices, deviceVisits, deviceUrls } = options;

  /** The first visit: sends the browser to the app where the code is typed. */
  async function start(visit: Visit, rawQuery: string): Promise<ToApp> {
    const key = newHandleKey(clock.now() + options.flowLifetime, options.random);
    const userCode = visit.params.get('user_code') || undefined;
    const requestUrl =
      rawQuery === ''
        ? deviceUrls.verification
        : replaceQueryParams(`${deviceUrls.verification}?${rawQuery}`, { user_code: userCode && MASK });
    await deviceVisits.insert({ key, requestUrl, deviceKey: null, wrongCodes: 0 });
    return {
      kind: 'app',
      url: withQuery(deviceUrls.app, {
        device_challenge: mintHandle('device_challenge', key, ring),
        user_code: userCode,
      }),
      csrf: {
        kind: 'device_csrf',
        flow: flowName(key),
        value: mintHandle('device_csrf', key, ring),
        maxAge: maxAgeOf(options.flowLifetime),
      },
      session: undefined,
    };
  }

  /** A code was typed and is one of a device that waits: from here on it is a flow like any other. */
  async function afterCode(verifier: string, visit: Visit): Promise<ToApp> {
    const key = readHandle('device_verifier', verifier, ring);
    if (!key) throw unusable();
    if (handleExpiry(key) <= clock.now())
      throw new OAuthError('request_unauthorized', 'It took too long to enter the code, please try again.');
    requireCsrf('device_csrf', key, visit, options);
    const request = await asked(visit);
    const found = await deviceVisits.find(key);
    const device = found?.deviceKey ? await devices.find(found.deviceKey) : undefined;
    if (!found || !device || !isWaiting(device)) throw unusable();
    if (device.clientId !== request.client.id)
      throw new OAuthError('invalid_client', 'The code is one of another client.');
    return askLogin(
      { ...request, scope: device.requestedScope, audience: device.requestedAudience, device: device.key },
      visit,
      replaceQueryParams(found.requestUrl, { client_id: request.client.id }),
      options,
    );
  }

  function isWaiting({ stage, key }: DeviceRequest): boolean {
    return stage === 'waiting' && (keyExpiry(key) ?? 0) > clock.now();
  }

  /** A public client proves nothing here, for there is no redirect URI (flows contract §6, row 3). */
  async function asked({ params }: Visit): Promise<AskedRequest> {
    const client = await findClient(params, options);
    return { client, params, recipient: 'device', recognisable: !isPublicClient(client) };
  }

  /** The login or consent app said no: so the device hears it, rather than to wait until its code expires (RFC 8628 §3.5). */
  async function deny(flowKey: Buffer | undefined): Promise<void> {
    const flow = flowKey && (await store.flows.find(flowKey));
    if (flow?.request.device === undefined) return;
    if (await devices.deny(Buffer.from(flow.request.device, 'base64url')))
      options.deviceEvents.deviceDenied(flow.request.clientId);
  }

  async function proceed(visit: Visit, rawQuery: string): Promise<DeviceOutcome> {
    const [code, login, consent] = ['device_verifier', 'login_verifier', 'consent_verifier'].map((name) =>
      visit.params.get(name),
    );
    try {
      if (login) return await afterLogin(await asked(visit), login, visit, options);
      if (consent) return await approve(await asked(visit), consent, visit, options);
    } catch (error) {
      if (error instanceof Refused && !(error.refusal instanceof OAuthError))
        await deny(
          login ? readHandle('login_verifier', login, ring) : readHandle('consent_verifier', consent ?? '', ring),
        );
      throw error;
    }
    return code ? afterCode(code, visit) : start(visit, rawQuery);
  }

  return {
    async visit(visit, rawQuery) {
      try {
        return await proceed(visit, rawQuery);
      } catch (error) {
        if (error instanceof Refused) return { kind: 'refused', refusal: error.refusal, session: error.session };
        if (error instanceof OAuthError) return { kind: 'refused', refusal: error, session: undefined };
        throw error;
      }
    },
  };
}

function unusable(): OAuthError {
  return new OAuthError(
    'access_denied',
    'The device verifier is unknown, or the code that was entered is no longer waited for.',
  );
}
