/** A person at a browser without a screen: opens addresses, fills in forms and sends them. */
import { type Answer, type Browser, openBrowser, send } from '../../support/browser.js';

/** Where the browser is. `page` is absent where nothing was opened: the address is the app's, and read off. */
export interface Place {
  readonly url: URL;
  readonly page?: Answer;
}

export type Filled = readonly (readonly [name: string, value: string])[];

export interface Person {
  readonly browser: Browser;
  /** Opens an address and follows redirects, until there is a page or an address that is none of the pages' servers. */
  open(address: string | URL): Promise<Place>;
  /** Sends the form of a page and goes where that leads. */
  submit(place: Place, filled: Filled): Promise<Place>;
}

const MOST_REDIRECTS = 20;

/** `servers` are the origins whose pages are opened. */
export function person(...servers: readonly string[]): Person {
  const browser = openBrowser();
  const origins = servers.map((server) => new URL(server).origin);

  async function open(address: string | URL): Promise<Place> {
    let url = new URL(address);
    for (let hop = 0; hop < MOST_REDIRECTS; hop++) {
      if (!origins.includes(url.origin)) return { url };
      const page = await browser.get(url);
      if (!page.location) return { url, page };
      url = page.location;
    }
    throw new Error(`The redirects from ${address} do not end.`);
  }

  return {
    browser,
    open,
    async submit({ url, page }, filled) {
      const [, attributes] = /<form method="post"([^>]*)>/.exec(page?.text ?? '') ?? [];
      if (attributes === undefined) throw new Error(`There is no form at ${url}: ${page?.text}`);
      const [, action = url.href] = / action="([^"]+)"/.exec(attributes) ?? [];
      const hidden = [...(page?.text ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const form = new URLSearchParams();
      for (const [, name = '', value = ''] of hidden) form.append(name, value);
      for (const [name, value] of filled) form.append(name, value);
      const cookie = [...browser.jar].map((pair) => pair.join('=')).join('; ');
      const answer = await send(new URL(action, url), { form, headers: { cookie } });
      return answer.location ? open(answer.location) : { url, page: answer };
    },
  };
}
