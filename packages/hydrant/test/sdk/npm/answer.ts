/** What every npm release answers with, whichever axios it brings; only what the tests read. */
export interface Answer<T> {
  readonly status: number;
  readonly data: T;
  readonly headers: object;
}

/** Where an SDK's client is pointed at, and as whom. */
export interface Target {
  readonly basePath: string;
  readonly username?: string;
  readonly password?: string;
  readonly accessToken?: string;
}

/** Passed on to axios by all of them: for operations whose parameters the published descriptions leave out. */
export interface RequestOptions {
  readonly params?: object;
  readonly data?: string;
  readonly headers?: object;
  readonly maxRedirects?: number;
  readonly validateStatus?: () => boolean;
}

/** Options to look at a redirect instead of following it. */
export const unfollowed = (params: object = {}): RequestOptions => ({
  params,
  maxRedirects: 0,
  validateStatus: () => true,
});

/** A header of an answer; empty where there is none. */
export function headerOf({ headers }: Answer<unknown>, name: string): string {
  return String(Reflect.get(headers, name) ?? '');
}
