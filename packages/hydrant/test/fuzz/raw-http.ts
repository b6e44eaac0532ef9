/** HTTP as no library would send it: every byte of a request is the caller's. */
import { connect } from 'node:net';

export interface RawRequest {
  readonly method: string;
  /** Path and query as they go over the wire; one char per byte, as in all of the texts here. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface RawAnswer {
  /** 0 where the server ended the connection without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const PATIENCE = 10_000;

/** Sends one request on a connection of its own. Rejects where no answer comes within 10 s. */
export function sendRaw(base: string, { method, target, headers, body }: RawRequest): Promise<RawAnswer> {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `${method} ${target} HTTP/1.1\r\nHost: ${new URL(base).host}\r\nConnection: close\r\n${lines}\r\n`;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(base).port) });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No answer within ${PATIENCE} ms.`));
    }, PATIENCE);
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server may close while a body that it refuses is still on its way: what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(read(Buffer.concat(chunks).toString('utf8')));
    });
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    // The server would wait for the rest, and rightly.
    if (liesAboutLength({ headers, body })) socket.end();
  });
}

/** Whether the end of the body is not where its headers say; then there need not be an answer. */
export function liesAboutLength({ headers, body }: Pick<RawRequest, 'headers' | 'body'>): boolean {
  return headers.some(
    ([name, value]) => name === 'transfer-encoding' || (name === 'content-length' && value !== String(body.length)),
  );
}

function read(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  // Where the end of a request was not clear, the server may have answered twice; the first answer is what counts.
  const [body = ''] = (end < 0 ? '' : text.slice(end + 4)).split(/HTTP\/1\.1 \d{3} /, 1);
  const chunked = /^transfer-encoding: chunked/im.test(head);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: chunked ? joined(body) : body };
}

/** Chunks without their sizes; only the sizes of whole lines are taken out, which is enough for what is looked for. */
function joined(body: string): string {
  return body.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, '');
}

/** A header of an answer, or the empty text. */
export function headerIn({ head }: RawAnswer, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}

/** A request to read in a report, shortened. */
export function shown({ method, target, headers, body }: RawRequest): string {
  const lines = headers.map(([name, value]) => `${name}: ${cut(value, 200)}`);
  return JSON.stringify([`${method} ${cut(target, 400)}`, ...lines, cut(body.toString('latin1'), 600)]);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length})` : text;
}
