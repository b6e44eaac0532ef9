import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consentPage, consentPageCsp } from './consent.js';
import { deviceDonePage, deviceDonePageCsp, devicePage, devicePageCsp } from './device.js';
import { errorPage, errorPageCsp, missingCookieHelp } from './error.js';
import { fallbackErrorPage, fallbackPage, fallbackPageCsp } from './fallback.js';
import { formPostPage, formPostPageCsp } from './form-post.js';
import { frontChannelLogoutPage, frontChannelLogoutPageCsp } from './frontchannel-logout.js';
import { loginPage, loginPageCsp } from './login.js';
import { loggedOutPage, loggedOutPageCsp, logoutPage, logoutPageCsp, stillLoggedInPage } from './logout.js';

/** A start tag as a browser's tokenizer sees it. */
interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The start tags of a document; the text of style and script is passed over, attribute values are decoded. */
function tagsOf(document: string): Tag[] {
  const markup = document.replace(/(<(style|script)>).*?(<\/\2>)/gs, '$1$3');
  return [...markup.matchAll(/<([a-z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)].map(([, name = '', rest = '']) => ({
    name,
    attributes: Object.fromEntries(
      [...rest.matchAll(/([^\s"'=<>/]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [key, decode(value)]),
    ),
  }));
}

function decode(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (all, name: string) => entities[name] ?? all);
}

const skeleton = (document: string): string[] =>
  tagsOf(document).map(({ name, attributes }) => `${name} ${Object.keys(attributes).join(' ')}`);
const withId = (document: string, id: string): Tag[] => tagsOf(document).filter((tag) => tag.attributes.id === id);
const textOf = (document: string, name: string): string | undefined =>
  new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(document)?.[1];
const sha256 = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const theme = { name: 'Example' };
const web = 'https://app.example.com/cb?a=b';

/** Every page with one text in all places that are free text. */
const withText: Record<string, (text: string) => string> = {
  login: (text) =>
    loginPage({
      action: text,
      csrf: text,
      challenge: text,
      clientName: text,
      logoUri: `https://img.example/${text}`,
      loginHint: `x${text}`,
      error: text,
      devMode: true,
      theme: { name: text, logoUrl: `/logo${text}` },
    }),
  consent: (text) =>
    consentPage({
      action: text,
      csrf: text,
      challenge: text,
      clientName: text,
      clientUri: `https://app.example/${text}`,
      policyUri: `javascript:alert(1)//${text}`,
      subject: text,
      scopes: [`x${text}`],
      audience: [text],
      error: text,
      theme: { name: text, color: text },
    }),
  logout: (text) =>
    logoutPage({
      action: text,
      csrf: text,
      challenge: text,
      subject: text,
      clientName: text,
      theme: { name: text },
    }),
  device: (text) =>
    devicePage({ action: text, csrf: text, challenge: text, userCode: `x${text}`, error: text, theme: { name: text } }),
  deviceDone: (text) => deviceDonePage({ name: text }),
  loggedOut: (text) => loggedOutPage({ name: text }),
  stillLoggedIn: (text) => stillLoggedInPage({ name: text }),
  error: (text) => errorPage({ error: text, description: text, hint: `x${text}`, debug: `x${text}`, help: [text] }),
  fallback: (text) => fallbackPage('login', { name: text }),
  fallbackError: (text) => fallbackErrorPage({ error: text, description: text, theme: { name: text } }),
  formPost: (text) => formPostPage(`https://app.example/${text}`, [[text, text]], { name: text }),
  frontChannel: (text) =>
    frontChannelLogoutPage({ frames: [`https://app.example/${text}`], target: `https://app.example/${text}` }),
};

describe.each(Object.entries(withText))('%s page', (_name, render) => {
  it('has the same elements and attributes whatever the texts are', () => {
    const plain = skeleton(render('plain'));
    const planted = fc.constantFrom(
      '<script>alert(1)</script>',
      '</title><script>',
      '"><img src=x onerror=alert(1)>',
      "' onfocus='alert(1)",
      '</style>',
      '--><svg/onload=alert(1)>',
      '&quot;><b>',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(planted, fc.string({ unit: 'binary' })), { maxLength: 4 }), (parts) => {
        const document = render(parts.join(''));
        expect(skeleton(document)).toEqual(plain);
        expect(document).not.toContain('<script>alert');
      }),
    );
  });

  it('has a language, a title, a viewport, one main and one heading', () => {
    const document = render('x');
    expect(document.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(skeleton(document).filter((tag) => /^(main|h1|title|style) /.test(tag))).toHaveLength(4);
    expect(document).toContain('name="viewport"');
  });

  it('has every id once, and a label for every field that is seen', () => {
    const document = render('x');
    const ids = tagsOf(document).flatMap((tag) => tag.attributes.id ?? []);
    expect(ids).toEqual([...new Set(ids)]);
    const seen = tagsOf(document).filter((tag) => tag.name === 'input' && tag.attributes.type !== 'hidden');
    expect(document.match(/<label[^>]*>[^<]*\s*<input/g) ?? []).toHaveLength(seen.length);
  });
});

const login = { action: '/login', csrf: 'c', challenge: 'h', clientName: 'Shop', devMode: false, theme };
const consent = {
  action: '/consent',
  csrf: 'c',
  challenge: 'h',
  clientName: 'Shop',
  subject: 'anna',
  scopes: ['openid', 'offline', 'photos.read'],
  audience: ['https://api.shop.example'],
  theme,
};

describe('the ids that scripts rely on', () => {
  it('login', () => {
    const document = loginPage(login);
    expect(withId(document, 'login-title')).toMatchObject([{ name: 'h1' }]);
    expect(withId(document, 'email')).toMatchObject([
      { attributes: { name: 'email', autocomplete: 'username', autofocus: '' } },
    ]);
    expect(withId(document, 'password')).toMatchObject([
      { attributes: { type: 'password', name: 'password', autocomplete: 'current-password' } },
    ]);
    expect(withId(document, 'remember')).toMatchObject([{ attributes: { type: 'checkbox', name: 'remember' } }]);
    expect(withId(document, 'remember')[0]?.attributes).not.toHaveProperty('checked');
    expectDecisions(document);
    expectHidden(document);
  });

  it('consent, one unticked box for each scope', () => {
    const document = consentPage(consent);
    const boxes = tagsOf(document).filter((tag) => tag.attributes.name === 'grant_scope');
    expect(boxes.map((tag) => [tag.attributes.id, tag.attributes.value, tag.attributes.type])).toEqual(
      consent.scopes.map((scope) => [scope, scope, 'checkbox']),
    );
    expect(boxes.some((tag) => 'checked' in tag.attributes)).toBe(false);
    expect(withId(document, 'remember')).toMatchObject([{ attributes: { type: 'checkbox', name: 'remember' } }]);
    expectDecisions(document);
    expectHidden(document);
  });

  it('consent, where a scope is called like a part of the page', () => {
    const document = consentPage({ ...consent, scopes: ['remember', 'email', 'email'] });
    expect(withId(document, 'remember')).toMatchObject([{ attributes: { name: 'grant_scope' } }]);
    expect(withId(document, 'email')).toHaveLength(1);
  });

  it('logout', () => {
    const document = logoutPage({ action: '/logout', csrf: 'c', challenge: 'h', subject: 'anna' });
    expectDecisions(document);
    expectHidden(document);
  });

  it('device, with a field and a button', () => {
    const document = devicePage({ action: '/device', csrf: 'c', challenge: 'h', userCode: 'ABCD', theme });
    expect(withId(document, 'code')).toMatchObject([{ name: 'input', attributes: { name: 'code', value: 'ABCD' } }]);
    expect(withId(document, 'verify')).toMatchObject([{ name: 'button' }]);
    expectHidden(document);
  });

  function expectDecisions(document: string): void {
    for (const value of ['accept', 'reject'])
      expect(withId(document, value)).toMatchObject([{ name: 'button', attributes: { name: 'decision', value } }]);
    // The Enter key presses the first button.
    expect(document.indexOf('id="accept"')).toBeLessThan(document.indexOf('id="reject"'));
  }

  function expectHidden(document: string): void {
    const hidden = tagsOf(document).filter((tag) => tag.attributes.type === 'hidden');
    expect(hidden.map((tag) => [tag.attributes.name, tag.attributes.value])).toEqual([
      ['csrf', 'c'],
      ['challenge', 'h'],
    ]);
  }
});

describe('login page', () => {
  it('warns in dev mode only', () => {
    expect(withId(loginPage({ ...login, devMode: true }), 'dev-notice')).toHaveLength(1);
    expect(withId(loginPage(login), 'dev-notice')).toHaveLength(0);
  });

  it('begins at the password where the e-mail is known', () => {
    const document = loginPage({ ...login, loginHint: 'anna@example.com' });
    expect(withId(document, 'email')[0]?.attributes).toMatchObject({ value: 'anna@example.com' });
    expect(focused(document)).toEqual(['password']);
  });

  it('keeps what was typed, says what is wrong with it, and begins there', () => {
    const document = loginPage({ ...login, loginHint: 'anna at example', error: 'Not right.' });
    expect(withId(document, 'email')[0]?.attributes).toMatchObject({
      value: 'anna at example',
      'aria-describedby': 'problem',
    });
    expect(focused(document)).toEqual(['email']);
    expect(withId(document, 'problem')).toMatchObject([{ attributes: { role: 'alert' } }]);
  });

  function focused(document: string): unknown[] {
    return tagsOf(document).flatMap(({ attributes }) => ('autofocus' in attributes ? attributes.id : []));
  }

  it('shows a logo only from the web', () => {
    expect(loginPage({ ...login, logoUri: 'javascript:alert(1)' })).not.toContain('<img');
    expect(loginPage({ ...login, logoUri: 'https://img.example/l.png' })).toContain('<img');
  });
});

describe('consent page', () => {
  it('links to http(s) addresses only', () => {
    const document = consentPage({ ...consent, policyUri: web, tosUri: 'javascript:alert(1)', clientUri: '//x' });
    expect(tagsOf(document).flatMap((tag) => (tag.name === 'a' ? tag.attributes.href : []))).toEqual([web]);
  });
});

describe('error page', () => {
  it('lists the likely reasons for a missing cookie', () => {
    const document = errorPage({ error: 'request_forbidden', description: 'No.', help: missingCookieHelp() });
    expect(document).toContain('localhost and 127.0.0.1 are two hosts');
    expect(withId(document, 'error-explain')).toHaveLength(1);
  });

  it('leaves out what is not there', () => {
    const document = errorPage({ error: 'invalid_request', description: 'No.' });
    for (const id of ['error-explain', 'error-hint', 'error-debug']) expect(withId(document, id)).toHaveLength(0);
  });
});

describe('fallback notices', () => {
  it.each([
    ['login', 'URLS_LOGIN'],
    ['consent', 'URLS_CONSENT'],
    ['logout', 'URLS_LOGOUT'],
    ['logout/callback', 'URLS_POST_LOGOUT_REDIRECT'],
    ['device', 'URLS_DEVICE_VERIFICATION'],
    ['device/done', 'URLS_DEVICE_SUCCESS'],
  ] as const)('%s names %s', (name, variable) => {
    const document = fallbackPage(name);
    expect(document).toContain(variable);
    expect(document).toContain(
      variable
        .toLowerCase()
        .replace(/^urls_/, 'urls.')
        .replace('device_', 'device.'),
    );
  });
});

describe('form_post page', () => {
  it('posts exactly the parameters to the redirect URI', () => {
    const pairs = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })));
    fc.assert(
      fc.property(pairs, (params) => {
        const document = formPostPage(web, params);
        const inputs = tagsOf(document).filter((tag) => tag.name === 'input');
        expect(inputs.every((tag) => tag.attributes.type === 'hidden')).toBe(true);
        expect(inputs.map((tag) => [tag.attributes.name, tag.attributes.value])).toEqual(params);
        const form = tagsOf(document).filter((tag) => tag.name === 'form');
        expect(form).toEqual([{ name: 'form', attributes: { method: 'post', action: web } }]);
      }),
    );
  });

  it('goes to an app’s own scheme, never to one that runs in the browser', () => {
    expect(formPostPage('com.example.app:/cb', [])).toContain('action="com.example.app:/cb"');
    expect(() => formPostPage('javascript:alert(1)', [])).toThrow(TypeError);
    expect(() => formPostPage(' JavaScript:alert(1)', [])).toThrow(TypeError);
  });
});

describe('front-channel logout page', () => {
  it('opens the web addresses in hidden frames and links to the target', () => {
    const document = frontChannelLogoutPage({ frames: [web, 'javascript:alert(1)'], target: web });
    expect(tagsOf(document).filter((tag) => tag.name === 'iframe')).toMatchObject([
      { attributes: { src: web, hidden: '' } },
    ]);
    expect(withId(document, 'continue')).toMatchObject([{ attributes: { href: web } }]);
    expect(document).toContain('<meta http-equiv="refresh" content="7; url=');
    expect(() => frontChannelLogoutPage({ frames: [], target: 'data:text/html,x' })).toThrow(TypeError);
  });
});

describe('policies', () => {
  const red = { name: 'x', color: '#c00', logoUrl: '/logo.svg' };
  const frames = ['https://a.example/out?sid=1', 'https://a.example/x', 'http://b.example:8080/'];
  const cases: [string, string, string, boolean][] = [
    ['login', loginPage({ ...login, theme: red }), loginPageCsp({ theme: red }), true],
    ['consent', consentPage(consent), consentPageCsp({ theme }), true],
    ['logout', logoutPage({ action: '', csrf: '', challenge: '', subject: '' }), logoutPageCsp(), true],
    ['device', devicePage({ action: '', csrf: '', challenge: '', theme }), devicePageCsp({ theme }), true],
    ['device done', deviceDonePage(), deviceDonePageCsp(), false],
    ['logged out', loggedOutPage(), loggedOutPageCsp(), false],
    ['error', errorPage({ error: 'x', description: 'y' }), errorPageCsp(), false],
    ['fallback', fallbackPage('login'), fallbackPageCsp(), false],
    ['form_post', formPostPage(web, []), formPostPageCsp(), true],
    ['front channel', frontChannelLogoutPage({ frames, target: web }), frontChannelLogoutPageCsp({ frames }), false],
  ];

  it.each(cases)('%s: allows the style and script of the page and nothing else', (_name, document, policy, form) => {
    expect(policy).toContain(`style-src ${sha256(textOf(document, 'style'))};`);
    const script = textOf(document, 'script');
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe(script === undefined ? undefined : sha256(script));
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]),
    );
    // Chromium applies form-action to redirects after a submit, so a page with a form goes without.
    expect(policy.includes('form-action')).toBe(!form);
    expect(document).not.toMatch(/ (style|on[a-z]+)="/);
  });

  it('name the origins of images and frames', () => {
    expect(frontChannelLogoutPageCsp({ frames })).toContain('frame-src https://a.example http://b.example:8080;');
    expect(loginPageCsp({ theme: red, logoUri: 'https://img.example/a;b' })).toContain(
      "img-src 'self' https://img.example;",
    );
  });
});
