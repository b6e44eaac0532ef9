/** Which addresses a page may link to, show as an image, or send the browser to. */

/** The address if it is absolute and http(s), else undefined: a client's metadata must never become a `javascript:` link. */
export function webAddress(value: string | undefined): string | undefined {
  const url = parse(value);
  return url && isWeb(url) ? value : undefined;
}

/** Origin of an http(s) address as a Content-Security-Policy source, else undefined. */
export function webOrigin(value: string | undefined): string | undefined {
  const url = parse(value);
  return url && isWeb(url) ? url.origin : undefined;
}

/** The policy source that lets an image load, or undefined if the address is of a kind that is not shown. */
export function imageSource(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (/^\/(?![/\\])/.test(value)) return "'self'";
  if (/^data:image\//i.test(value)) return 'data:';
  return webOrigin(value);
}

/**
 * The address a browser is about to be sent to, unchanged: http(s) or an app's own scheme (RFC 8252 §7.1).
 * @throws TypeError for schemes that run or read something in the browser; a caller that lets them through has a bug.
 */
export function destination(value: string): string {
  const url = parse(value);
  if (!url || inBrowserSchemes.has(url.protocol)) throw new TypeError('not an address that a page may lead to');
  return value;
}

const inBrowserSchemes: ReadonlySet<string> = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'blob:',
  'file:',
  'about:',
  'view-source:',
]);

function parse(value: string | undefined): URL | undefined {
  return value !== undefined && URL.canParse(value) ? new URL(value) : undefined;
}

function isWeb(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}
