import { describe, expect, test } from 'vitest';
import { OAuthError } from '../protocol/errors.js';
import { createEvents } from './create-events.js';
import type { Events, RequestEvent } from './events.js';
import type { LogFormat, LogLevel } from './levels.js';

function givenLog(format: LogFormat, level: LogLevel = 'info'): { events: Events; lines: string[] } {
  const lines: string[] = [];
  const clock = { now: () => Date.UTC(2030, 0, 1) };
  const stream = { write: (line: string) => lines.push(line) };
  return { events: createEvents({ level, format, version: '0.1.0', clock, stream }), lines };
}

const request: RequestEvent = {
  listener: 'public',
  method: 'POST',
  endpoint: '/oauth2/token',
  status: 200,
  seconds: 0.004,
  requestBytes: 120,
  responseBytes: 900,
  log: true,
};

describe('the log', () => {
  test('as text is one line of pairs', () => {
    const { events, lines } = givenLog('text');
    events.clientChanged('created', 'my app');
    expect(lines).toEqual([
      'time="2030-01-01T00:00:00Z" level=info msg="client created" audience=audit service_name=Hydrant service_version=0.1.0 client_id="my app"\n',
    ]);
  });

  test('as text tells a request with dotted keys', () => {
    const { events, lines } = givenLog('text');
    events.request(request);
    expect(lines[0]).toContain('http_request.path=/oauth2/token http_request.size=120');
    expect(lines[0]).toContain('http_response.status=200');
  });

  test('lets nobody begin a line or a pair of their own', () => {
    const { events, lines } = givenLog('text');
    events.clientChanged('created', 'x\nlevel=error msg="forged"\u001b[2J\u009b2J');
    expect(lines).toHaveLength(1);
    for (const control of ['\n', '\u001b', '\u009b']) expect(lines[0]?.trimEnd()).not.toContain(control);
    expect(lines[0]).toContain('client_id="x\\nlevel=error msg=\\"forged\\"\\u001b[2J\\u009b2J"');
  });

  test('as JSON is one object a line', () => {
    const { events, lines } = givenLog('json');
    events.keyChanged('deleted', 'hydra.openid.id-token');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2030-01-01T00:00:00Z',
      level: 'info',
      msg: 'keys deleted',
      audience: 'audit',
      service_name: 'Hydrant',
      service_version: '0.1.0',
      set: 'hydra.openid.id-token',
    });
  });

  test('as pretty JSON is an indented object with the same keys', () => {
    const { events, lines } = givenLog('json_pretty');
    events.started({ public: 'http://127.0.0.1:4444' });
    expect(lines[0]).toContain('\n  "msg": "ready"');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ addresses: { public: 'http://127.0.0.1:4444' } });
  });

  test.each(['text', 'json'] as const)('as %s keeps to its threshold', (format) => {
    const quiet = givenLog(format, 'panic');
    quiet.events.unexpected(new Error('x'), 'here');
    const warn = givenLog(format, 'warn');
    warn.events.clientChanged('created', 'a');
    warn.events.codeReplayed('a', 'f');
    expect(quiet.lines).toEqual([]);
    expect(warn.lines).toHaveLength(1);
  });

  test('leaves health checks to the trace level where asked', () => {
    const info = givenLog('json', 'debug');
    info.events.request({ ...request, log: false });
    const trace = givenLog('json', 'trace');
    trace.events.request({ ...request, log: false });
    expect([info.lines.length, trace.lines.length]).toEqual([0, 1]);
  });

  test('has an unexpected error whole: message, code, stack and what caused it', () => {
    const { events, lines } = givenLog('json');
    const cause = Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
    events.unexpected(new TypeError('no row', { cause }), 'createOAuth2Client');
    const { error, where } = JSON.parse(lines[0] ?? '');
    expect(where).toBe('createOAuth2Client');
    expect(error).toMatchObject({ name: 'TypeError', message: 'no row', cause: { code: 'SQLITE_IOERR' } });
    expect(error.stack).toContain('log.test.ts');
  });

  test('has what a refusal keeps from the caller', () => {
    const { events, lines } = givenLog('json');
    events.refused(
      new OAuthError('invalid_request_uri', 'No.', { debug: 'HTTP 503', cause: new Error('hang up') }),
      'auth',
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      error: 'invalid_request_uri',
      debug: 'HTTP 503',
      cause: { message: 'hang up' },
    });
  });

  test('survives whatever is thrown', () => {
    const { events, lines } = givenLog('text');
    for (const thrown of [undefined, null, 'words', 7, { a: 1 }]) events.unexpected(thrown, 'here');
    expect(lines).toHaveLength(5);
  });
});
