import pg from 'pg';
import { CHANNEL } from './postgres-text.js';

/** A connection of its own on which the server says what other nodes announce. */
export interface PostgresListener {
  start(heard: (announced: string) => void): void;
  stop(): Promise<void>;
}

const PAUSE_MS = 1_000;

/** Connects again for as long as it takes: what is missed meanwhile is noticed by the poll. */
export function postgresListener(config: pg.ClientConfig): PostgresListener {
  let client: pg.Client | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function connect(heard: (announced: string) => void): void {
    if (stopped) return;
    const connecting = new pg.Client({ ...config, keepAlive: true });
    client = connecting;
    let ended = false;
    const again = () => {
      if (ended) return;
      ended = true;
      timer = setTimeout(connect, PAUSE_MS, heard);
      timer.unref();
    };
    connecting.on('error', again);
    connecting.on('end', again);
    connecting.on('notification', ({ payload }) => {
      if (payload !== undefined) heard(payload);
    });
    connecting
      .connect()
      .then(() => connecting.query(`LISTEN ${CHANNEL}`))
      .catch(again);
  }

  return {
    start: connect,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
