import { expect, test } from 'vitest';
import { send } from '../support/browser.js';
import { sharedHydrant } from '../support/shared-hydrant.js';

const hydrant = sharedHydrant();

test.each([
  ['does not decode', 400, '%zz'],
  ['is no UTF-8', 400, '%ff'],
  ['is longer than any name', 414, 'x'.repeat(3_000)],
])('a path with a part that %s is refused in our words', async (_, refused, part) => {
  for (const path of [`/clients/${part}`, `/admin/clients/${part}`]) {
    const { status, json, text } = await send(hydrant.adminUrl + path);
    expect([path, status]).toEqual([path, refused]);
    expect(json.error).toBe('invalid_request');
    expect(Object.keys(json)).toEqual(['error', 'error_description']);
    expect(text).not.toContain(part);
  }
});
