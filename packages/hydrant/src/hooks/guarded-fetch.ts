/**
 * The one way out: every call that Hydrant makes to an address somebody else chose (keys, sector identifiers, request
 * objects, logout tokens, hooks) goes through here. The only file that imports undici.
 */
import { lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import type { Milliseconds } from '../protocol/time.js';
import { isPrivateAddress } from './private-address.js';

/** Why a call did not come about or was given up: a sentence for the log and the operator, without anything of the answer. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  /** Whether the same call may come about if it is made again at once: the other side was not reached, or broke off. */
  readonly temporary: boolean;

  constructor(message: string, temporary = false) {
    super(message);
    this.temporary = temporary;
  }
}

/** What came back; any status. A redirect is an answer like any other: following it would leave the address that was checked. */
export interface FetchedText {
  readonly status: number;
  readonly body: string;
}

/** A form (`application/x-www-form-urlencoded`) or any other object, which is sent as JSON. */
export type FetchBody = URLSearchParams | Readonly<Record<string, unknown>>;

export interface GuardedFetch {
  /** @throws FetchFailure */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<FetchedText>;
  /** @throws FetchFailure */
  post(url: string, body: FetchBody, headers?: Readonly<Record<string, string>>): Promise<FetchedText>;
  /** Resolves where `url` may be called at all, without calling it. @throws FetchFailure */
  check(url: string): Promise<void>;
  close(): Promise<void>;
}

export interface GuardedFetchOptions {
  /** Refuse loopback, link-local, private and shared addresses. */
  readonly disallowPrivate: boolean;
  /** URLs that are exempt from that, compared whole and letter by letter. */
  readonly exceptions: readonly string[];
  /** For the whole call, from name to last byte; 10 s where absent. */
  readonly timeoutMs?: Milliseconds;
  /** Of an answer; 10 MiB where absent. */
  readonly maxBytes?: number;
}

const PRIVATE = 'The address belongs to a private, loopback or link-local network, which is not allowed here.';

export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { disallowPrivate, exceptions, timeoutMs = 10_000, maxBytes = 10 * 1024 * 1024 } = options;
  const exempt = new Set(exceptions);
  let ways: Promise<Ways> | undefined;

  /** @throws FetchFailure for what is no http(s) URL, or a private address written out. */
  function admit(url: string): { target: URL; way: 'open' | 'guarded' } {
    if (!URL.canParse(url)) throw new FetchFailure('The address is no valid URL.');
    const target = new URL(url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') {
      throw new FetchFailure('The address must use https or http.');
    }
    if (!disallowPrivate || exempt.has(url)) return { target, way: 'open' };
    // No name is looked up for an address that is written out, so the check at look-up would not see it.
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && isPrivateAddress(host)) throw new FetchFailure(PRIVATE);
    return { target, way: 'guarded' };
  }

  async function call(
    url: string,
    method: Dispatcher.HttpMethod,
    headers: Readonly<Record<string, string>>,
    body: string | null,
  ): Promise<FetchedText> {
    const { target, way } = admit(url);
    ways ??= openWays(disallowPrivate, timeoutMs);
    const { request, [way]: dispatcher } = await ways;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await request(target, { dispatcher, method, headers: { ...headers }, body, signal });
      return { status: answer.statusCode, body: await readBounded(answer.body, maxBytes) };
    } catch (cause) {
      throw toFailure(cause, timeoutMs);
    }
  }

  return {
    get: (url, headers = {}) => call(url, 'GET', headers, null),
    post(url, body, headers = {}) {
      const isForm = body instanceof URLSearchParams;
      const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
      const text = isForm ? body.toString() : JSON.stringify(body);
      return call(url, 'POST', { 'content-type': type, ...headers }, text);
    },
    async check(url) {
      const { target, way } = admit(url);
      if (way === 'open' || isIP(target.hostname.replace(/^\[|\]$/g, '')) !== 0) return;
      await new Promise<void>((done, fail) => {
        publicAddresses(target.hostname, { all: true }, (error) =>
          error ? fail(toFailure(error, timeoutMs)) : done(),
        );
      });
    },
    async close() {
      const { open, guarded } = (await ways) ?? {};
      await Promise.all([open?.close(), guarded === open ? undefined : guarded?.close()]);
    },
  };
}

/** Two pools, so that a connection which was opened for an exempt URL never serves another one of the same host. */
interface Ways {
  readonly request: typeof import('undici').request;
  readonly open: Agent;
  readonly guarded: Agent;
}

/** Loads undici with the first call: many servers never make one, and no other library takes as long to load. */
async function openWays(disallowPrivate: boolean, timeout: Milliseconds): Promise<Ways> {
  const { Agent, request } = await import('undici');
  const open = new Agent({ connect: { timeout } });
  const guarded = disallowPrivate ? new Agent({ connect: { timeout, lookup: publicAddresses } }) : open;
  return { request, open, guarded };
}

/**
 * Resolves a name for a connection and refuses where any of its addresses is private. The connection is made to what was
 * resolved here, so that a name which changes its mind between check and use (DNS rebinding) gains nothing.
 */
const publicAddresses: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const first = addresses[0];
    if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(new FetchFailure(PRIVATE), '', 0);
    }
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

async function readBounded(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (size > maxBytes) throw new FetchFailure(`The answer is longer than ${maxBytes} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The reason in a sentence. The message of another's error may quote what the other side sent, so none is passed on. */
function toFailure(cause: unknown, timeoutMs: Milliseconds): FetchFailure {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof FetchFailure) return error;
    if (error.name === 'TimeoutError' || error.name === 'ConnectTimeoutError') {
      return new FetchFailure(`The address did not answer within ${timeoutMs} ms.`);
    }
    const code = 'code' in error ? REASONS[String(error.code)] : undefined;
    if (code !== undefined) return new FetchFailure(code, !LASTING.test(code));
    if (error instanceof AggregateError) return toFailure(error.errors[0], timeoutMs);
  }
  return new FetchFailure('The call failed before there was a whole answer.', true);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name is not known.',
  EAI_AGAIN: 'The host name cannot be resolved at the moment.',
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The host broke the connection off.',
  UND_ERR_SOCKET: 'The host broke the connection off.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The network of the host cannot be reached.',
  CERT_HAS_EXPIRED: 'The certificate of the host has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of the host is self-signed.',
  SELF_SIGNED_CERT_IN_CHAIN: 'The certificate of the host is self-signed.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'The certificate of the host cannot be verified.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the host is for another name.',
};

/** Reasons that do not go away by themselves. */
const LASTING = /certificate/;
