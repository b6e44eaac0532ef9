/** What goes wrong with requests, by accident and on purpose. */
import { gzipSync } from 'node:zlib';
import { objectOf } from './descriptions.js';
import type { Chance } from './random.js';
import type { RawRequest } from './raw-http.js';
import { type Draft, MARK } from './samples.js';

/** Values of other types and sizes than anybody expects. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  -0.5,
  '',
  ' ',
  [],
  {},
  [[]],
  [null],
  [{}],
  { toString: 1, constructor: {}, length: -1 },
  '\u0000',
  '\ud800',
  'a\udc00b',
  '💧',
  '\u202e\ufeff',
  "'; DROP TABLE client; --",
  '"\\',
  '%00',
  '%',
  '../../etc/passwd',
  '<script>',
  '1e999',
  '9999-99-99T99:99:99Z',
  '0001-01-01T00:00:00Z',
  '-1h',
  '99999999999h',
  'NaN',
  'javascript:alert(1)',
  'http://[::1',
  'https://user:pass@app.example/#fragment',
  'x'.repeat(300),
  'é'.repeat(5_000),
  'x'.repeat(100_000),
  Array.from({ length: 2_000 }, () => 'x'),
];

/** Pieces of a path or a query that do not decode, or decode to what they should not. */
const PIECES = [
  '%',
  '%zz',
  '%00',
  '%2e%2e%2f',
  '%2F',
  '%c0%af',
  '%ff',
  '%ed%a0%80',
  '..',
  '.',
  '\x80',
  '%25%32%35',
  ';',
  '+',
];

/** Texts that are no JSON, or odd. */
const BODIES: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '[]',
  '"text"',
  '{',
  '{"a":1}{"a":2}',
  '\xef\xbb\xbf{}',
  '{"\xff":"\xfe"}',
  '{"client_id":"\xc3\x28"}',
  '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}',
  '{"client_name":"\\ud800","scope":"\\u0000"}',
  '{"remember_for":1e400,"subject":-0}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `{"metadata":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
  `${'a=b&'.repeat(20_000)}`,
  '&&&===&=&%=%&%00=%00',
  `token=%ff%fe&token=${MARK}&scope`,
  `--x\r\nContent-Disposition: form-data; name="token"; filename="../a"\r\n\r\n${MARK}\r\n--x--\r\n`,
  'x'.repeat(2_000_000),
];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'NOTHING'];

const TYPES = [
  '',
  'nonsense',
  'text/plain',
  'application/json; charset=utf-16',
  'application/json;;;=',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'application/json',
  'application/octet-stream',
];

const HEADERS: readonly (readonly [string, string])[] = [
  ['content-encoding', 'gzip'],
  ['content-encoding', 'br, gzip, nonsense'],
  ['content-length', '1'],
  ['content-length', '-1'],
  ['transfer-encoding', 'chunked'],
  ['expect', '100-continue'],
  ['x-forwarded-proto', 'https, http, \x80'],
  ['x-forwarded-for', '::::, 999.1.1.1'],
  ['x-request-id', 'x'.repeat(4_000)],
  ['accept', 'x'.repeat(4_000)],
  ['accept', 'text/html;q=nonsense,*/*;q=-1'],
  ['accept-language', `${'de,'.repeat(500)}`],
  ['if-none-match', '*'],
  ['origin', 'null'],
  ['origin', 'https://\x80.example'],
  ['authorization', 'Basic'],
  ['authorization', 'Basic ====='],
  ['authorization', `Basic ${Buffer.from('\xff\xfe:\x00', 'latin1').toString('base64')}`],
  ['authorization', `Bearer ${MARK}`],
  ['authorization', `Bearer ${`${MARK}.`.repeat(900)}`],
  ['authorization', `DPoP ${MARK}`],
  ['cookie', `${MARK}=${MARK}; =; ;;; ory_hydra_session_dev="${MARK}`],
  ['cookie', `ory_hydra_session_dev=${MARK}${'x'.repeat(12_000)}`],
  ['cookie', `ory_hydra_login_csrf_dev_1=${MARK}; ory_hydra_login_csrf_dev_1=\x80`],
  ['x-long', 'x'.repeat(40_000)],
];

/** Changes a draft in some way; the parts of a request are still apart. */
type Change = (draft: Draft, chance: Chance) => void;

const changes: readonly Change[] = [
  function aMember(draft, chance) {
    if (draft.body.kind === 'json') draft.body.value = withOneWrong(draft.body.value, chance);
    else if (draft.body.kind === 'form') draft.body.fields = wrongPairs(draft.body.fields, chance);
  },
  function aParameter(draft, chance) {
    draft.query = wrongPairs(draft.query, chance);
  },
  function aParameterTwice(draft, chance) {
    if (draft.query.length > 0) draft.query.push(chance.pick(draft.query));
    if (draft.body.kind === 'form' && draft.body.fields.length > 0)
      draft.body.fields.push(chance.pick(draft.body.fields));
  },
  function aStrangeParameter(draft, chance) {
    const name = chance.pick(['limit', 'offset', 'page_size', 'page_token', 'all', '__proto__', 'a[]', MARK]);
    draft.query.push([name, JSON.stringify(chance.pick(VALUES.slice(0, -3)))]);
  },
  function thePath(draft, chance) {
    const parts = draft.path.split('/');
    parts[1 + chance.below(parts.length - 1)] =
      chance.pick(PIECES) + chance.pick(['', 'x', '/', '//', 'x'.repeat(3_000)]);
    draft.path = parts.join('/');
  },
  function theMethod(draft, chance) {
    draft.method = chance.pick(METHODS);
  },
  function theContentType(draft, chance) {
    draft.headers = [
      ...draft.headers.filter(([name]) => name !== 'content-type'),
      ['content-type', chance.pick(TYPES)],
    ];
  },
  function aHeader(draft, chance) {
    draft.headers.push(chance.pick(HEADERS));
  },
  function aHeaderTwice(draft, chance) {
    if (draft.headers.length > 0) draft.headers.push(chance.pick(draft.headers));
  },
];

/** So many things wrong with it, and then to bytes, where some more may go wrong. */
export function mutated(draft: Draft, times: number, chance: Chance): RawRequest {
  for (let time = 0; time < times; time++) chance.pick(changes)(draft, chance);
  const target = `${draft.path}${draft.query.length > 0 ? `?${encoded(draft.query, times, chance)}` : ''}`;
  let body = bytesOf(draft, times, chance);
  const headers = [...draft.headers];
  if (times > 0 && chance.oneIn(12)) {
    // A body that is what its header says, one that is not, and one that grows a thousand times.
    body = chance.pick([
      gzipSync(body),
      Buffer.from('\x1f\x8b\x08nonsense', 'latin1'),
      gzipSync(Buffer.alloc(5_000_000)),
    ]);
    headers.push(['content-encoding', 'gzip']);
  }
  const own = headers.some(([name]) => name === 'content-length' || name === 'transfer-encoding');
  if (!own && (body.length > 0 || draft.method !== 'GET')) headers.push(['content-length', String(body.length)]);
  return {
    method: draft.method,
    target: target.replaceAll(/[\s\u0100-\uffff]/g, '%20'),
    headers: clean(headers),
    body,
  };
}

/** No line ends: a second request inside of the first is another matter. */
function clean(headers: RawRequest['headers']): RawRequest['headers'] {
  return headers.map(([name, value]) => [
    name.replaceAll(/[^\w-]/g, '-'),
    [...value].filter((char) => char >= ' ').join(''),
  ]);
}

function encoded(pairs: Draft['query'], times: number, chance: Chance): string {
  const text = pairs.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&');
  return times > 0 && chance.oneIn(8) ? `${text}${chance.pick(PIECES)}&${chance.pick(PIECES)}=` : text;
}

/** Lone surrogates as the three bytes that they would be, which is not UTF-8. */
function escaped(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replaceAll('%EF%BF%BD', '%ED%A0%80').slice(0, 6_000);
}

function bytesOf({ body }: Draft, times: number, chance: Chance): Buffer {
  if (times > 0 && body.kind !== 'none' && chance.oneIn(6)) return Buffer.from(chance.pick(BODIES), 'latin1');
  if (body.kind === 'none') return times > 0 && chance.oneIn(10) ? Buffer.from(chance.pick(BODIES), 'latin1') : EMPTY;
  if (body.kind === 'form') return Buffer.from(encoded(body.fields, times, chance), 'latin1');
  const text = JSON.stringify(body.value) ?? '';
  const members = Object.entries(objectOf(body.value));
  if (times > 0 && members.length > 0 && chance.oneIn(8)) {
    const [name] = chance.pick(members);
    return Buffer.from(`{${JSON.stringify(name)}:${JSON.stringify(chance.pick(VALUES))},${text.slice(1)}`);
  }
  if (times > 0 && chance.oneIn(20)) return Buffer.from(text.slice(0, chance.below(text.length + 1)));
  return Buffer.from(text);
}

const EMPTY = Buffer.alloc(0);

function wrongPairs(pairs: Draft['query'], chance: Chance): Draft['query'] {
  if (pairs.length === 0) return pairs;
  const at = chance.below(pairs.length);
  if (chance.oneIn(4)) return pairs.filter((_, index) => index !== at);
  const wrong = chance.pick(VALUES);
  return pairs.map((pair, index) =>
    index === at ? [pair[0], typeof wrong === 'string' ? wrong : JSON.stringify(wrong)] : pair,
  );
}

/** The same with one member, however deep, of another type or gone. */
function withOneWrong(value: unknown, chance: Chance): unknown {
  const members = Object.keys(objectOf(value));
  if (Array.isArray(value) && value.length > 0 && !chance.oneIn(3)) {
    const at = chance.below(value.length);
    return value.map((one, index) => (index === at ? withOneWrong(one, chance) : one));
  }
  if (members.length === 0 || chance.oneIn(8)) return chance.pick(VALUES);
  const name = chance.pick(members);
  const { [name]: one, ...others } = objectOf(value);
  return chance.oneIn(6) ? others : { ...others, [name]: withOneWrong(one, chance) };
}
