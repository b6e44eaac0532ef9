/** Certificates of a listener: read at start, and again when their files change. */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import { ListenerUnusable } from './listener-unusable.js';

/** Where one half of the material is: a file, or the base64 of its PEM text. */
export interface TlsSource {
  readonly path: string | undefined;
  readonly base64: string | undefined;
}

export interface TlsSources {
  readonly key: TlsSource;
  readonly cert: TlsSource;
}

/** PEM texts that belong together. */
export interface TlsMaterial {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Reads both halves and sees whether they fit. Throws {@link ListenerUnusable}; never with a part of the key in it. */
export function readTls(listener: 'public' | 'admin', { key, cert }: TlsSources): TlsMaterial {
  const setting = (half: 'key' | 'cert') => `serve.${listener}.tls.${half} (or serve.tls.${half})`;
  const material = { key: read(key, setting('key')), cert: read(cert, setting('cert')) };
  for (const half of ['cert', 'key'] as const) {
    if (!isUsable({ [half]: material[half] }))
      throw new ListenerUnusable(
        `${setting(half)} holds no usable PEM text: give the ${half === 'key' ? 'private key without a passphrase' : 'certificate with its chain'}.`,
      );
  }
  if (!isUsable(material))
    throw new ListenerUnusable(`${setting('key')} is not the private key of the certificate in ${setting('cert')}.`);
  return material;
}

function read({ path, base64 }: TlsSource, setting: string): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  try {
    return readFileSync(path ?? '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    throw new ListenerUnusable(`${setting} names ${path}: ${reason}.`);
  }
}

function isUsable(material: Partial<TlsMaterial>): boolean {
  try {
    createSecureContext(material);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes up the material that lies there now, if it is another. New connections get it; those that are open keep theirs.
 * Throws {@link ListenerUnusable} where it is no good, and changes nothing.
 */
export function tlsRenewal(
  server: Server,
  listener: 'public' | 'admin',
  sources: TlsSources,
  first: TlsMaterial,
): () => void {
  let used = first;
  return () => {
    const found = readTls(listener, sources);
    if ((found.key.equals(used.key) && found.cert.equals(used.cert)) || !(server instanceof TlsServer)) return;
    server.setSecureContext(found);
    used = found;
  };
}
