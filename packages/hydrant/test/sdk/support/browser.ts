/** A browser for journeys: keeps cookies, follows nothing by itself. */

export interface Page {
  readonly url: string;
  readonly status: number;
  /** Absolute, where the page redirects. */
  readonly location: URL | undefined;
  readonly text: string;
}

export interface Browser {
  open(url: string | URL): Promise<Page>;
  /** Names of the cookies it holds now. */
  cookies(): string[];
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** A browser with an empty jar. Cookies go by host and path (RFC 6265 §5.4); time does not pass in it. */
export function openBrowser(): Browser {
  const jar = new Map<string, Map<string, Cookie>>();

  function cookieHeader({ hostname, pathname }: URL): string {
    const cookies = [...(jar.get(hostname) ?? [])].filter(([, { path }]) => covers(path, pathname));
    return cookies.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  function keep({ hostname }: URL, lines: readonly string[]): void {
    const cookies = jar.get(hostname) ?? new Map<string, Cookie>();
    jar.set(hostname, cookies);
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const [name, value] = halves(pair);
      const settings = new Map(attributes.map(halves).map(([key, text]) => [key.toLowerCase(), text]));
      const maxAge = settings.get('max-age');
      if (maxAge !== undefined && Number(maxAge) <= 0) cookies.delete(name);
      else cookies.set(name, { value, path: settings.get('path') ?? '/' });
    }
  }

  return {
    async open(address) {
      const url = new URL(address);
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: cookieHeader(url) } });
      keep(url, response.headers.getSetCookie());
      const location = response.headers.get('location');
      return {
        url: url.href,
        status: response.status,
        location: location === null ? undefined : new URL(location, url),
        text: await response.text(),
      };
    },
    cookies: () => [...jar.values()].flatMap((cookies) => [...cookies.keys()]),
  };
}

function halves(text: string): [string, string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function covers(cookiePath: string, path: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}
