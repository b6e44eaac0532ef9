/** The operator's hooks, with a way out of their own: they may take longer than other calls, and say less. */
import type { Config } from '../config/index.js';
import type { Events } from '../events/index.js';
import { createGuardedFetch } from '../hooks/guarded-fetch.js';
import { createTokenHooks, HOOK_ANSWER_BYTES, HOOK_TIMEOUT, type HookTarget } from '../hooks/token-hooks.js';
import type { TokenHooks } from '../model/token-hook.js';
import type { Clock } from '../protocol/time.js';
import { reachOf, tokenFormatOf } from './settings.js';

export interface Hooks {
  /** `undefined` where the operator has none. */
  readonly ask: TokenHooks | undefined;
  close(): Promise<void>;
}

export function createHooks(config: Config, clock: Clock, events: Events): Hooks {
  const fetch = createGuardedFetch({ ...reachOf(config), timeoutMs: HOOK_TIMEOUT, maxBytes: HOOK_ANSWER_BYTES });
  const { refresh_token_hook: refreshHook, token_hook: tokenHook } = config.oauth2;
  const ask = createTokenHooks({
    fetch,
    refreshHook: targetOf(refreshHook),
    tokenHook: targetOf(tokenHook),
    settings: tokenFormatOf(config),
    clock,
    events,
  });
  return { ask, close: () => fetch.close() };
}

function targetOf({ url, auth }: Config['oauth2']['token_hook']): HookTarget | undefined {
  if (url === undefined) return undefined;
  const { in: place, name, value } = auth.config;
  if (name === undefined || value === undefined) return { url, headers: {} };
  return { url, headers: place === 'cookie' ? { cookie: `${name}=${value}` } : { [name]: value } };
}
