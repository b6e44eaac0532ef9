/** Requests that are to be refused. */
import { expect } from 'vitest';
import { type Answer, type Request, send } from './browser.js';
import type { TemporaryDatabase } from './temporary-database.js';

/** Sends something and makes sure that no row came of it, nor went. */
export async function sendInVain(
  database: TemporaryDatabase,
  url: string | URL,
  request: Request = {},
): Promise<Answer> {
  const before = await database.rows();
  const answer = await send(url, request);
  expect(await database.rows()).toEqual(before);
  return answer;
}
