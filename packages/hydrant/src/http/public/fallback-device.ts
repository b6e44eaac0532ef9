import { OAuthError } from '../../protocol/errors.js';
import { readForm } from '../body.js';
import { type Answer, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { deviceDonePage, deviceDonePageCsp, devicePage, devicePageCsp } from '../pages/device.js';
import type { BuiltInApp } from './built-in-app.js';
import type { PublicDeps } from './deps.js';
import { notice, page, pageOfRefusal, refusedOnPage } from './fallback-pages.js';

type Deps = Pick<PublicDeps, 'app' | 'theme'>;

const PATH = '/oauth2/fallbacks/device';

/** The built-in page where the code of a device is typed, or what to configure in its place. */
export const fallbackDevice: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'fallbackDevice',
  method: 'GET',
  path: PATH,
  errors: 'service',
  cors: false,
  refused: refusedOnPage,

  handle(ask, deps) {
    const challenge = ask.query.get('device_challenge');
    const { app } = deps;
    if (!app?.pages.has('device') || !challenge) return notice('device', deps.theme);
    return pageOfRefusal(deps, async () => show(app, deps, challenge, ask.query.get('user_code') ?? undefined));
  },
});

/** The code that the person typed on that page. */
export const fallbackDeviceByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...fallbackDevice,
  operation: 'fallbackDevicePost',
  method: 'POST',

  async handle(ask, deps) {
    const form = (await readForm(ask)) ?? new URLSearchParams();
    const [challenge, code] = [form.get('challenge') ?? '', form.get('code') ?? ''];
    const { app } = deps;
    if (!app?.pages.has('device')) return notice('device', deps.theme);
    return pageOfRefusal(deps, async () => {
      app.requireFormToken('device_challenge', challenge, form.get('csrf') ?? '');
      try {
        return redirect(await app.device.accept(challenge, code), 303);
      } catch (error) {
        // A mistyped code leads back to the field that is wrong.
        if (!(error instanceof OAuthError) || error.code !== 'invalid_request') throw error;
        return show(app, deps, challenge, code, error.hint);
      }
    });
  },
});

function show(app: BuiltInApp, { theme }: Deps, challenge: string, userCode?: string, error?: string): Answer {
  const csrf = app.formToken('device_challenge', challenge);
  const data = { action: PATH, csrf, challenge, userCode, error, theme };
  return page(devicePage(data), devicePageCsp(data), error === undefined ? 200 : 400);
}

/** Where it ends when the device was let in and nobody said another place. */
export const fallbackDeviceDone: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'fallbackDeviceDone',
  method: 'GET',
  path: `${PATH}/done`,
  errors: 'service',
  cors: false,
  handle: (_ask, { app, theme }) =>
    app?.pages.has('device/done')
      ? page(deviceDonePage(theme), deviceDonePageCsp(theme))
      : notice('device/done', theme),
});
