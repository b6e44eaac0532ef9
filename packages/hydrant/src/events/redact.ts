/**
 * The last line of defence for text that others wrote: messages and stacks of unexpected errors, reasons from clients and
 * apps. Events never pass a secret on purpose, but a library's message may quote the URL or the body it choked on.
 */

const REDACTED = '[redacted]';

/** Everything after a question mark up to the end of the URL: codes, states and challenges travel there. */
const QUERY = /\?[^\s'"`<>)]+/g;
/** Fragments of a URL carry tokens in the implicit grant (RFC 6749 §4.2.2). */
const FRAGMENT = /(https?:\/\/[^\s'"`<>)#]*)#[^\s'"`<>)]+/g;
/** User and password in a URL; a DSN has them. */
const USER_INFO = /(\w:\/\/)[^\s/@'"]+@/g;
/** An Authorization header's value, RFC 9110 §11.4. */
const CREDENTIALS = /\b(Bearer|Basic|DPoP)\s+[A-Za-z0-9._~+/=-]+/gi;
/** `name=value`, `name: value`, `"name":"value"` of the parameters that are secret by their name. */
const NAMED =
  /\b(client_secret|client_assertion|password|code_verifier|code|access_token|refresh_token|id_token|id_token_hint|logout_token|login_challenge|login_verifier|consent_challenge|consent_verifier|logout_challenge|logout_verifier|set-cookie|cookie)\b("?\s*[:=]\s*"?)[^\s"'&;,}]+/gi;
/** JWTs, and Hydrant's own tokens. */
const TOKEN = /\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*|\bory_[a-z]{2}_[A-Za-z0-9._-]+/g;
/** A long run of base64url or hexadecimal: random by the look of it. */
const LONG_RUN = /[A-Za-z0-9_-]{20,}/g;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The text with whatever looks like a secret replaced; at most `limit` characters of it. Errs on the side of hiding. */
export function redact(text: string, limit = 8192): string {
  return text
    .slice(0, limit)
    .replace(FRAGMENT, `$1#${REDACTED}`)
    .replace(QUERY, `?${REDACTED}`)
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(CREDENTIALS, `$1 ${REDACTED}`)
    .replace(TOKEN, REDACTED)
    .replace(NAMED, `$1$2${REDACTED}`)
    .replace(LONG_RUN, (run) => (looksRandom(run) ? REDACTED : run));
}

/** Words of ours that have digits and both cases, in the names of functions. */
const OUR_WORDS = /oauth2|base64(url)?|sha\d{3}|[rpeh]s\d{3}|utf8/gi;

/** Names of functions and files are long too, but seldom mix digits with both cases or consist of hexadecimal digits. */
function looksRandom(run: string): boolean {
  if (UUID.test(run)) return false;
  const rest = run.replace(OUR_WORDS, '');
  const digits = /\d/.test(rest);
  return (digits && /[a-z]/.test(rest) && /[A-Z]/.test(rest)) || (digits && /^[0-9a-f]{24,}$/i.test(run));
}

/** An error as it is logged: its own words and where it came from, never its other members (which may quote the input). */
export interface ErrorFields {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorFields;
}

/** Whatever was thrown, as fields of a log line; follows `cause` a few steps. */
export function errorFields(thrown: unknown, depth = 0): ErrorFields {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: redact(String(thrown)) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  const cause = thrown.cause === undefined || depth > 3 ? undefined : errorFields(thrown.cause, depth + 1);
  return {
    name: thrown.name,
    message: redact(thrown.message),
    ...(code === undefined ? {} : { code }),
    ...(thrown.stack === undefined ? {} : { stack: redact(thrown.stack) }),
    ...(cause === undefined ? {} : { cause }),
  };
}
