import { describe, expect, test } from 'vitest';
import { createEvents } from './create-events.js';
import type { Events, RequestEvent } from './events.js';

const request: RequestEvent = {
  listener: 'admin',
  method: 'GET',
  endpoint: '/admin/clients/{id}',
  status: 200,
  seconds: 0.03,
  requestBytes: 0,
  responseBytes: 700,
  log: true,
};

function givenEvents(): Events {
  const stream = { write: () => undefined };
  const build = { version: '0.1.0', commit: 'abc', buildTime: '2030-01-01T00:00:00Z' };
  return createEvents({ level: 'info', format: 'json', stream, ...build });
}

/** Name to type, as the text announces them. */
function familiesOf(body: string): Map<string, string> {
  return new Map([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

describe('the metrics', () => {
  test('have the families, types and labels of both generations of Hydra', async () => {
    const events = givenEvents();
    events.request(request);
    const { body, contentType } = await events.metrics();

    const families = familiesOf(body);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const prefix of ['', 'http_']) {
      for (const name of [
        'requests_duration_seconds',
        'requests_size_bytes',
        'response_size_bytes',
        'response_time_seconds',
      ]) {
        expect(families.get(`${prefix}${name}`)).toBe('histogram');
      }
      for (const name of ['requests_statuses_total', 'requests_total']) {
        expect(families.get(`${prefix}${name}`)).toBe('counter');
      }
    }
    const constant = 'buildTime="2030-01-01T00:00:00Z"';
    const rest = 'hash="abc",method="get",version="0.1.0"';
    const lines = body.split('\n');
    expect(lines).toContain(
      `http_requests_total{app="hydra",${constant},code="200",endpoint="/admin/clients/{param}",${rest}} 1`,
    );
    expect(lines).toContain(`requests_total{app="hydra",${constant},code="200",${rest}} 1`);
    expect(lines).toContain(
      `http_requests_statuses_total{app="hydra",${constant},hash="abc",method="GET",status_bucket="2xx",version="0.1.0"} 1`,
    );
    expect(lines).toContain(
      `http_response_time_seconds_bucket{app="hydra",${constant},endpoint="/admin/clients/{param}",hash="abc",version="0.1.0",le="0.05"} 1`,
    );
    expect(lines).toContain(`http_response_size_bytes_sum{app="hydra",${constant},code="200",${rest}} 700`);
  });

  test('have the families of the process and of the scrape itself', async () => {
    const events = givenEvents();
    await events.metrics();
    const { body } = await events.metrics();
    const families = familiesOf(body);
    const linux =
      process.platform === 'linux'
        ? [
            'process_max_fds',
            'process_open_fds',
            'process_network_receive_bytes_total',
            'process_virtual_memory_max_bytes',
          ]
        : [];
    const everywhere = ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_start_time_seconds'];
    for (const name of [...everywhere, ...linux]) expect([...families.keys()]).toContain(name);
    expect(body).toContain('\npromhttp_metric_handler_requests_in_flight 1\n');
    expect(body).toContain('\npromhttp_metric_handler_requests_total{code="200"} 1\n');
    expect(families.size).toBe([...body.matchAll(/^# TYPE /gm)].length);
    expect([...families.keys()].filter((name) => name.startsWith('go_'))).toEqual([]);
  });

  test('put a value into every bucket that holds it, and sum over what a generation does not tell apart', async () => {
    const events = givenEvents();
    events.request({ ...request, seconds: 0.025 });
    events.request({ ...request, endpoint: '/admin/keys/:set', seconds: 0.026 });
    events.request({ ...request, seconds: 60 });
    const { body } = await events.metrics();
    const duration = (le: string): string | undefined =>
      new RegExp(`^requests_duration_seconds_bucket\\{.*le="${le}"\\} (\\d+)$`, 'm').exec(body)?.[1];
    expect(['0.01', '0.025', '0.05', '10', '\\+Inf'].map(duration)).toEqual(['0', '1', '2', '2', '3']);
    expect(body).toMatch(/^http_requests_total\{.*endpoint="\/admin\/keys\/\{param\}".*\} 1$/m);
  });

  test('are not spoiled by a length that is no number', async () => {
    const events = givenEvents();
    events.request({ ...request, requestBytes: Number.NaN });
    expect((await events.metrics()).body).not.toContain('NaN');
  });

  test('count what strangers make up as other', async () => {
    const events = givenEvents();
    events.request({ ...request, method: 'BREW', endpoint: 'unknown' });
    events.tokenRefused('urn:made:up', 'my_own_error');
    events.tokenRefused('client_credentials', 'invalid_client', 'a-client');
    events.tokenIssued('authorization_code', 'a-client', ['access_token', 'id_token']);
    const { body } = await events.metrics();
    expect(body).not.toMatch(/made:up|my_own_error|brew|unknown|a-client/i);
    expect(body).toContain('hydrant_tokens_refused_total{grant="other",error="other"} 1');
    expect(body).toContain('hydrant_tokens_refused_total{grant="client_credentials",error="invalid_client"} 1');
    expect(body).toContain('hydrant_tokens_issued_total{grant="authorization_code",kind="id_token"} 1');
    expect(body).toMatch(/^http_requests_total\{.*endpoint="\{unmatched\}".*method="other"/m);
  });

  test('count flows, expired rows and logout notices, from zero', async () => {
    const events = givenEvents();
    events.flowStarted('a');
    events.loginRejected('a', 'access_denied');
    events.rowsExpired('tokens', 41);
    events.rowsExpired('tokens', 1);
    events.tableMeasured('tokens', 10, 2, 6.5);
    events.tableMeasured('tokens', 11, 1, 0.5);
    events.logoutNoticeGivenUp('a', 3, 'HTTP 500');
    const { body } = await events.metrics();
    expect(body).toContain('hydrant_table_live_rows{table="tokens"} 11');
    expect(body).toContain('hydrant_table_dead_rows{table="tokens"} 1');
    expect(body).toContain('hydrant_table_oldest_dead_seconds{table="tokens"} 0.5');
    expect(body).toContain('hydrant_flows_total{outcome="started"} 1');
    expect(body).toContain('hydrant_flows_total{outcome="login_rejected"} 1');
    expect(body).toContain('hydrant_flows_total{outcome="finished"} 0');
    expect(body).toContain('hydrant_rows_expired_total{table="tokens"} 42');
    expect(body).toContain('hydrant_logout_notices_total{outcome="given_up"} 1');
  });

  test('of two servers in one process do not mix', async () => {
    const [one, other] = [givenEvents(), givenEvents()];
    one.flowStarted('a');
    expect((await other.metrics()).body).toContain('hydrant_flows_total{outcome="started"} 0');
  });
});
