import { isObject, isShallowJson } from '../protocol/json.js';
import type { Ask } from './endpoint.js';

/** A body that is not what its endpoint takes; the endpoint's `badBody` says which refusal it becomes. */
export class BadBody extends Error {
  override readonly name = 'BadBody';
}

/**
 * The JSON value of the body. Hydra: whatever the `Content-Type` says, since its clients send many.
 *
 * @throws BadBody where there is none or it does not parse.
 */
export function readJson(ask: Ask): unknown {
  const text = ask.body.toString('utf8').trim();
  if (text === '') throw new BadBody('EOF: the body is empty, JSON is needed');
  // What cannot be written again must not be read: the stack of JSON.stringify ends long before that of JSON.parse.
  if (!isShallowJson(text)) throw new BadBody('the body nests too deep');
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBody('the body is no valid JSON');
  }
}

/** The JSON object of the body. @throws BadBody where it is another value; `null` counts as an empty object. */
export function readObject(ask: Ask): Record<string, unknown> {
  const value = readJson(ask);
  if (value === null) return {};
  if (!isObject(value)) throw new BadBody('the body is no JSON object');
  return value;
}

/** A form's fields; `get` gives the first of repeated ones. `undefined` where the body is no form. */
export async function readForm(ask: Ask): Promise<URLSearchParams | undefined> {
  const type = String(ask.headers['content-type'] ?? '').toLowerCase();
  if (type.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(ask.body.toString('utf8'));
  if (!type.startsWith('multipart/form-data')) return undefined;
  try {
    const data = await new Response(ask.body, {
      headers: { 'content-type': String(ask.headers['content-type']) },
    }).formData();
    const fields = new URLSearchParams();
    for (const [name, value] of data) if (typeof value === 'string') fields.append(name, value);
    return fields;
  } catch {
    return undefined;
  }
}
