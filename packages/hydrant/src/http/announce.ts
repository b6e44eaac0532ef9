import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { ListenerUnusable } from './listener-unusable.js';

/** Writes where a listener listens to a file, as `host:port` or the path of the socket. Throws {@link ListenerUnusable}. */
export function announce(bound: AddressInfo | string | null, file: string): void {
  const text = typeof bound === 'object' && bound ? `${bound.address}:${bound.port}` : String(bound);
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new ListenerUnusable(`The file ${file} of serve.*.write_listen_file cannot be written (${code}).`);
  }
}
