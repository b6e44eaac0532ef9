import { type Clock, fromRfc3339, type Milliseconds } from '../../protocol/time.js';
import type { TokenStore } from '../../store/index.js';
import { BadBody, readObject } from '../body.js';
import { defineEndpoint, type Endpoint, noContent } from '../endpoint.js';

export interface FlushDeps {
  readonly tokens: Pick<TokenStore, 'flushIssuedBefore'>;
  readonly accessTokenLifetime: Milliseconds;
  readonly clock: Clock;
}

const BATCH = 500;

/** Deletes access tokens that expired and were issued before `notAfter`; live ones never. What expires goes by itself anyway. */
export const flushTokens: Endpoint<FlushDeps> = defineEndpoint<FlushDeps>({
  operation: 'flushInactiveOAuth2Tokens',
  method: 'POST',
  path: '/oauth2/flush',
  errors: 'service',

  async handle(ask, { tokens, accessTokenLifetime, clock }) {
    const now = clock.now();
    const cutoff = Math.min(now - accessTokenLifetime, notAfter(readObject(ask), now));
    while ((await tokens.flushIssuedBefore(cutoff, now, BATCH)) === BATCH);
    return noContent();
  },
});

function notAfter(body: Record<string, unknown>, now: number): number {
  const value = body.notAfter;
  if (value === undefined || value === null || value === '0001-01-01T00:00:00Z') return now;
  const time = typeof value === 'string' ? fromRfc3339(value) : undefined;
  if (time === undefined) throw new BadBody("the field 'notAfter' is no RFC 3339 time");
  return time;
}
