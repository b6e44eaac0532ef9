/**
 * The operator's word before tokens are issued: the refresh hook where tokens are refreshed, then the token hook for every
 * grant. Nothing is made or written yet while they are asked.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HookCall, SessionClaims, TokenHooks } from '../model/index.js';
import { OAuthError } from '../protocol/errors.js';
import type { Clock, Milliseconds } from '../protocol/time.js';
import { type FetchedText, FetchFailure, type GuardedFetch } from './guarded-fetch.js';
import { type Asked, claimsOf, type HookSettings, readAnswer, refreshHookBody, tokenHookBody } from './hook-bodies.js';

/** How long one attempt may take. */
export const HOOK_TIMEOUT: Milliseconds = 30_000;
/** Of an answer. */
export const HOOK_ANSWER_BYTES: number = 5 * 1024 * 1024;
/** Before the second and the third attempt. */
const PAUSES: readonly Milliseconds[] = [100, 400];

/** Where a hook is, and the header with which Hydrant proves who asks. */
export interface HookTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TokenHooksOptions {
  readonly fetch: Pick<GuardedFetch, 'post'>;
  readonly refreshHook?: HookTarget | undefined;
  readonly tokenHook?: HookTarget | undefined;
  readonly settings: HookSettings;
  readonly clock: Clock;
  readonly events: {
    /** A hook gave no usable answer, and no tokens were issued. */
    hookFailed(hook: string, reason: string): void;
  };
  readonly pause?: (time: Milliseconds) => Promise<unknown>;
}

/** `undefined` where the operator has no hook. */
export function createTokenHooks(options: TokenHooksOptions): TokenHooks | undefined {
  const { refreshHook, tokenHook, settings, clock } = options;
  if (!refreshHook && !tokenHook) return undefined;
  return async (call: HookCall) => {
    let claims: SessionClaims | undefined;
    const asked = (): Asked => ({ ...call, claims: claims ?? claimsOf(call), now: clock.now() });
    if (refreshHook && call.grantType === 'refresh_token')
      claims =
        (await askHook('refresh_token_hook', refreshHook, refreshHookBody(asked(), settings), options)) ?? claims;
    if (tokenHook)
      claims = (await askHook('token_hook', tokenHook, tokenHookBody(asked(), settings), options)) ?? claims;
    return claims;
  };
}

async function askHook(
  name: string,
  target: HookTarget,
  body: Readonly<Record<string, unknown>>,
  options: TokenHooksOptions,
): Promise<SessionClaims | undefined> {
  const answer = await attempt(target, body, options);
  if (answer instanceof FetchFailure) throw failed(name, answer.message, options);
  const { status } = answer;
  if (status === 204) return undefined;
  if (status === 403) throw new OAuthError('access_denied', `The ${name} of the operator refused.`);
  if (status !== 200) throw failed(name, `It answered with status ${status}.`, options);
  const claims = readAnswer(answer.body);
  if (!claims) throw failed(name, 'Its answer is not the JSON object that it should be, or has U+0000 in it.', options);
  return claims;
}

/** Tries again, twice at most, where another attempt may end better. One that took its whole time was the last: the client waits. */
async function attempt(
  { url, headers }: HookTarget,
  body: Readonly<Record<string, unknown>>,
  { fetch, pause = sleep }: TokenHooksOptions,
): Promise<FetchedText | FetchFailure> {
  let answer = await post(fetch, url, headers, body);
  for (const wait of PAUSES) {
    if (!isTemporary(answer)) break;
    await pause(wait);
    answer = await post(fetch, url, headers, body);
  }
  return answer;
}

async function post(
  fetch: Pick<GuardedFetch, 'post'>,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Readonly<Record<string, unknown>>,
): Promise<FetchedText | FetchFailure> {
  try {
    return await fetch.post(url, body, { 'content-type': 'application/json; charset=utf-8', ...headers });
  } catch (error) {
    if (error instanceof FetchFailure) return error;
    throw error;
  }
}

function isTemporary(answer: FetchedText | FetchFailure): boolean {
  if (answer instanceof FetchFailure) return answer.temporary;
  return answer.status === 429 || answer.status >= 500;
}

function failed(name: string, reason: string, { events }: TokenHooksOptions): OAuthError {
  events.hookFailed(name, reason);
  return new OAuthError('server_error', `The ${name} of the operator gave no usable answer.`, { debug: reason });
}
