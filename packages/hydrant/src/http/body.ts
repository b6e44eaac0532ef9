import { isObject, isShallowJson } from '../protocol/json.js';
import { unstorableMember } from '../protocol/storable.js';
import type { Ask } from './endpoint.js';
import { requireStorablePairs, shownName, UNSTORABLE } from './storable.js';

/** A body that is not what its endpoint takes; the endpoint's `badBody` says which refusal it becomes. */
export class BadBody extends Error {
  override readonly name = 'BadBody';
}

/**
 * The JSON value of the body. Hydra: whatever the `Content-Type` says, since its clients send many.
 *
 * @throws BadBody where there is none, it does not parse, or a text in it cannot be stored.
 */
export function readJson(ask: Ask): unknown {
  const text = ask.body.toString('utf8').trim();
  if (text === '') throw new BadBody('EOF: the body is empty, JSON is needed');
  // What cannot be written again must not be read: the stack of JSON.stringify ends long before that of JSON.parse.
  if (!isShallowJson(text)) throw new BadBody('the body nests too deep');
  const value = parse(text);
  const unstorable = unstorableMember(value, text);
  if (unstorable !== undefined) throw new BadBody(`the field${shownName(unstorable)} has ${UNSTORABLE}`);
  return value;
}

function parse(text: string): unknown {
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

/**
 * A form's fields; `get` gives the first of repeated ones. `undefined` where the body is no form.
 *
 * @throws OAuthError `invalid_request` where a text in it cannot be stored, but for the field `anyText`.
 */
export async function readForm(ask: Ask, { anyText }: { anyText?: string } = {}): Promise<URLSearchParams | undefined> {
  const form = await decodeForm(ask);
  // Decoding has made good all else that may be wrong; most bodies have neither form of U+0000.
  if (form && (ask.body.includes('%00') || ask.body.includes(0)))
    requireStorablePairs(
      'form field',
      [...form].filter(([name]) => name !== anyText),
    );
  return form;
}

/** The same, whatever is in it. */
export async function decodeForm(ask: Pick<Ask, 'headers' | 'body'>): Promise<URLSearchParams | undefined> {
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
