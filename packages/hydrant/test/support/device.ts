/** A device, and the browser of its person, in as few words as a journey needs (RFC 8628). */
import { type Answer, type Browser, openBrowser, send } from './browser.js';
import {
  askToken,
  challengeIn,
  decide,
  givenClient,
  type Params,
  type TestClient,
  type TokenAnswer,
} from './relying-party.js';
import type { Hydrant } from './start-hydrant.js';

type Server = Pick<Hydrant, 'publicUrl' | 'adminUrl'>;

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Nothing listens there: redirects are read, not followed. */
export const DEVICE_APP = 'http://127.0.0.1:1/device';
export const DEVICE_DONE = 'http://127.0.0.1:1/device-done';

export const DEVICE_SETTINGS: Readonly<Record<string, string>> = {
  URLS_DEVICE_VERIFICATION: DEVICE_APP,
  URLS_DEVICE_SUCCESS: DEVICE_DONE,
};

/** What a device was given. */
export interface Codes {
  readonly deviceCode: string;
  readonly userCode: string;
  /** The address with the user code in it. */
  readonly complete: string;
}

/** A public client for devices, save what `metadata` says otherwise. */
export function givenDeviceClient(
  hydrant: Server,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<TestClient> {
  return givenClient(hydrant, {
    grant_types: [DEVICE_GRANT, 'refresh_token'],
    response_types: [],
    token_endpoint_auth_method: 'none',
    ...metadata,
  });
}

/** Asks for codes, whatever the answer. */
export function askCodes(hydrant: Server, client: TestClient, form: Params = {}): Promise<Answer> {
  return send(`${hydrant.publicUrl}/oauth2/device/auth`, {
    form: { client_id: client.id, ...form },
    ...(client.secret !== '' && { basic: [client.id, client.secret] as const }),
  });
}

export function codesIn({ status, json, text }: Answer): Codes {
  if (status !== 200) throw new Error(`No codes: ${status} ${text}`);
  return {
    deviceCode: String(json.device_code),
    userCode: String(json.user_code),
    complete: String(json.verification_uri_complete),
  };
}

export async function obtainCodes(
  hydrant: Server,
  client: TestClient,
  form: Params = { scope: 'openid offline' },
): Promise<Codes> {
  return codesIn(await askCodes(hydrant, client, form));
}

export function poll(hydrant: Server, client: TestClient, codes: Codes, more: Params = {}): Promise<TokenAnswer> {
  return askToken(hydrant, client, { grant_type: DEVICE_GRANT, device_code: codes.deviceCode, ...more });
}

/** What the device app does with a code that was typed. */
export function acceptCode(hydrant: Server, challenge: string, userCode: string): Promise<Answer> {
  const url = `${hydrant.adminUrl}/admin/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
  return send(url, { method: 'PUT', json: { user_code: userCode } });
}

/** The first visit of a browser; returns the challenge that it gets. */
export async function visitDevicePage(
  hydrant: Server,
  browser: Browser = openBrowser(),
  url = `${hydrant.publicUrl}/oauth2/device/verify`,
): Promise<string> {
  return (await browser.get(url)).location?.searchParams.get('device_challenge') ?? '';
}

/** From the code to the login app. */
export async function enterCode(hydrant: Server, browser: Browser, codes: Codes): Promise<Answer> {
  const challenge = await visitDevicePage(hydrant, browser, codes.complete);
  const { json } = await acceptCode(hydrant, challenge, codes.userCode);
  return browser.get(String(json.redirect_to));
}

type Decision = Readonly<Record<string, unknown>>;

/** From the code to the end, or as far as it gets. What is left out says yes. */
export async function approveDevice(
  hydrant: Server,
  codes: Codes,
  how: { readonly browser?: Browser; readonly login?: Decision; readonly consent?: Decision } = {},
): Promise<Answer> {
  const { browser = openBrowser() } = how;
  const asked = await enterCode(hydrant, browser, codes);
  const login = { subject: 'alice', ...how.login };
  const loggedIn = await browser.get(await decide(hydrant, 'login', challengeIn(asked, 'login'), login));
  if (!loggedIn.location?.searchParams.has('consent_challenge')) return loggedIn;
  const consent = { grant_scope: ['openid', 'offline'], ...how.consent };
  return browser.get(await decide(hydrant, 'consent', challengeIn(loggedIn, 'consent'), consent));
}
