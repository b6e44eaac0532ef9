/** What is said about paths and methods that do not exist. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from './endpoint.js';

const TEXT = 'text/plain; charset=utf-8';

/** 405 with `Allow` on the admin side; Hydra: on the public side a known path with another method is simply not there. */
export function wrongMethod(listener: 'public' | 'admin', allowed: readonly string[], path: string): Answer {
  if (listener === 'public') return notFound(listener, {}, path);
  return { status: 405, headers: { allow: allowed.join(', ') }, text: { type: TEXT, body: 'Method Not Allowed\n' } };
}

/** 404: plain text on the admin side, what the caller accepts on the public one. */
export function notFound(listener: 'public' | 'admin', headers: IncomingHttpHeaders, path: string): Answer {
  if (listener === 'admin' && path.startsWith('/admin/'))
    return { status: 404, text: { type: TEXT, body: '404 page not found\n' } };
  const accept = headers.accept ?? '';
  if (/\btext\/html\b/.test(accept)) {
    return {
      status: 404,
      text: { type: 'text/html; charset=utf-8', body: '<!doctype html><title>404</title><h1>404 Not Found</h1>\n' },
    };
  }
  if (/\btext\/plain\b/.test(accept)) return { status: 404, text: { type: TEXT, body: 'Not Found\n' } };
  return {
    status: 404,
    json: { error: { code: 404, message: 'Not Found', reason: 'There is nothing at this path.' } },
  };
}
