import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startHydrant } from '../support/start-hydrant.js';

/** A request with its `Content-Type` as it is: `fetch` would not send these. */
function post(url: string, contentType: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: { 'content-type': contentType } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('JSON is taken under any content type, and under words that are none', async () => {
  await using hydrant = await startHydrant();
  for (const [index, contentType] of [
    'application/json',
    'text/plain',
    '',
    'json',
    '/',
    'a/',
    ';charset=utf-8',
  ].entries()) {
    const status = await post(
      `${hydrant.adminUrl}/admin/clients`,
      contentType,
      JSON.stringify({ client_id: `odd-${index}` }),
    );
    expect([contentType, status]).toEqual([contentType, 201]);
  }
});
