/** The real browser of these tests: Debian's Chromium, one process for each test file. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const executable = PLACES.find((place) => existsSync(place));

/** A `describe` of tests that need the browser; without one they are skipped, and their name says why. */
export function describeInBrowser(name: string, tests: () => void): void {
  const reason = executable === undefined ? ` (skipped: no Chromium at ${PLACES.join(', ')})` : '';
  describe.skipIf(executable === undefined)(`${name}${reason}`, tests);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(executable && { executablePath: executable }), args: QUIET });
}

/** A person's browser with nothing in it, and everything that its console said against our pages. */
export interface Person extends AsyncDisposable {
  readonly page: Page;
  readonly cookieNames: () => Promise<string[]>;
  /** Errors and warnings of all tabs: policy violations, failed loads, broken markup. */
  readonly complaints: readonly string[];
  newTab(): Promise<Page>;
}

/** `allowed` names complaints that the test provokes, such as a page that has status 400 on purpose. */
export async function newPerson(
  browser: Browser,
  { allowed, scripts = true, width = 1280 }: { allowed?: RegExp; scripts?: boolean; width?: number } = {},
): Promise<Person> {
  const context = await browser.newContext({ javaScriptEnabled: scripts, viewport: { width, height: 800 } });
  context.setDefaultTimeout(8_000);
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!allowed?.test(text)) complaints.push(text);
  };
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complain(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complain(String(error.error())));
  return {
    page: await context.newPage(),
    newTab: () => context.newPage(),
    complaints,
    cookieNames: async () => (await context.cookies()).map(({ name }) => name),
    [Symbol.asyncDispose]: () => context.close(),
  };
}
