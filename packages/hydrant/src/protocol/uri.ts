/** A URI taken apart as RFC 3986 Appendix B does, without decoding or normalising anything but the scheme. */
export interface UriParts {
  /** In lower case, without colon; empty for a relative reference. */
  readonly scheme: string;
  /** What stands before `@`, where there is one. */
  readonly userinfo: string | undefined;
  /** Host and port as written; empty where there is no authority. */
  readonly host: string;
  /** The host without port; an IPv6 address keeps its brackets. */
  readonly hostname: string;
  /** The port as written; empty where there is none. */
  readonly port: string;
  readonly path: string;
  /** Without `?`; `undefined` where there is no `?`. */
  readonly query: string | undefined;
  /** Without `#`; `undefined` where there is no `#`. */
  readonly fragment: string | undefined;
}

const APPENDIX_B = /^(?:([^:/?#]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const USERINFO = /^(?:[A-Za-z0-9._:~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/;
/** Not ASCII only: Hydra takes international names as they are. `*` is allowed, CORS origins have it. */
const HOST =
  /^(\[[0-9A-Fa-f:.]+(?:%25[A-Za-z0-9._~-]+)?\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|[\u0080-\uffff])*)(?::(\d*))?$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/**
 * Takes a URI or relative reference apart; `undefined` where the text is none. Made to refuse what URL parsers read in
 * different ways: control characters, a backslash or space in the authority, a port that is no number, broken escapes.
 * It never rewrites: security rests on comparing what was sent with what was registered, not on a normal form.
 */
export function splitUri(text: string): UriParts | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) return undefined;
  const match = APPENDIX_B.exec(text);
  if (!match) return undefined;
  const [, scheme, authority, path = '', query, fragment] = match;
  if (scheme !== undefined && !SCHEME.test(scheme)) return undefined;
  if (BAD_ESCAPE.test(path)) return undefined;

  const at = authority?.lastIndexOf('@') ?? -1;
  const userinfo = at < 0 ? undefined : authority?.slice(0, at);
  if (userinfo !== undefined && !USERINFO.test(userinfo)) return undefined;
  const host = authority?.slice(at + 1) ?? '';
  const [, hostname = '', port = ''] = HOST.exec(host) ?? [];
  if (hostname === '' && host !== '') return undefined;

  return { scheme: scheme?.toLowerCase() ?? '', userinfo, host, hostname, port, path, query, fragment };
}

const LOOPBACK_V4 = /^127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const LOOPBACK_V6 = /^\[(?:::|(?:0{1,4}:){7})0{0,3}1\]$/;

/** Whether a {@link UriParts.hostname} is an IP address of the loopback network (RFC 8252 §7.3); a name never is. */
export function isLoopbackAddress(hostname: string): boolean {
  return LOOPBACK_V4.test(hostname) || LOOPBACK_V6.test(hostname);
}

/** Whether a {@link UriParts.hostname} can only mean the machine of the browser: loopback or `localhost` (RFC 6761 §6.3). */
export function isLocalHost(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}
