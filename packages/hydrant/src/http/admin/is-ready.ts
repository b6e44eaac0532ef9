import { OAuthError, ShuttingDown } from '../../protocol/errors.js';
import { type Answer, type Ask, defineEndpoint, type Endpoint, json } from '../endpoint.js';

/** Whether the server can do its work. */
export interface Readiness {
  /** Rejects with the reason where it cannot. */
  ready(): Promise<void>;
}

/** How a generation tells that the server is not ready. */
const NOT_READY: Readonly<Record<Ask['generation']['name'], (reason: string, part: string) => Answer>> = {
  first: (reason, part) => json({ errors: { [part]: reason } }, 503),
  second(reason) {
    throw new OAuthError('error', `The server is not ready: ${reason}`, { status: 503 });
  },
};

/** The server can do its work: its database answers and has every table, and it is not about to stop. */
export const isReady: Endpoint<Readiness> = defineEndpoint<Readiness>({
  operation: 'isReady',
  method: 'GET',
  path: '/admin/health/ready',
  errors: 'service',
  handle: (ask, { ready }) =>
    readiness(ask, ready, (error) => (error instanceof Error ? error.message : String(error))),
});

/** The same for everybody, so without the reason. */
export const isReadyForAll: Endpoint<Readiness> = defineEndpoint<Readiness>({
  ...isReady,
  path: '/health/ready',
  handle: (ask, { ready }) => readiness(ask, ready, () => 'The database does not answer.'),
});

async function readiness(ask: Ask, ready: () => Promise<void>, reasonOf: (error: unknown) => string): Promise<Answer> {
  try {
    await ready();
  } catch (error) {
    const stops = error instanceof ShuttingDown;
    return NOT_READY[ask.generation.name](stops ? error.message : reasonOf(error), stops ? 'server' : 'database');
  }
  return json({ status: 'ok' });
}
