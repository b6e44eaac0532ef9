/** HTTP as tests speak it: a request that follows no redirect, and a browser that keeps cookies. */

export interface Request {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>> | URLSearchParams;
  readonly json?: unknown;
  /** The body as it is. */
  readonly body?: string;
  readonly basic?: readonly [id: string, secret: string];
  readonly bearer?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The members of a JSON object; empty where the body is none. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Where a redirect goes. */
  readonly location: URL | undefined;
}

/** Sends one request, on whatever connection is free, and follows nothing. */
export async function send(url: string | URL, request: Request = {}): Promise<Answer> {
  const { form, json, basic, bearer, body } = request;
  const headers = new Headers(request.headers);
  if (json !== undefined) headers.set('content-type', 'application/json');
  if (basic) headers.set('authorization', `Basic ${btoa(basic.map(encodeURIComponent).join(':'))}`);
  if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
  const payload = json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form) : body;
  const response = await fetch(url, {
    method: request.method ?? (payload === undefined ? 'GET' : 'POST'),
    headers,
    redirect: 'manual',
    ...(payload !== undefined && { body: payload }),
  });
  const text = await response.text();
  const location = response.headers.get('location');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: objectIn(text),
    location: location === null ? undefined : new URL(location, url),
  };
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

export interface Browser {
  /** Cookies by name. */
  readonly jar: Map<string, string>;
  get(url: string | URL): Promise<Answer>;
  post(url: string | URL, form: Readonly<Record<string, string>>): Promise<Answer>;
}

/** A browser with a jar of its own. Paths and domains of cookies do not matter here: there is one host. */
export function openBrowser(): Browser {
  const jar = new Map<string, string>();

  async function go(url: string | URL, request: Request): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(url, cookie === '' ? request : { ...request, headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) keep(line);
    return answer;
  }

  function keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/;\s*max-age=0(;|$)/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }

  return { jar, get: (url) => go(url, {}), post: (url, form) => go(url, { form }) };
}
