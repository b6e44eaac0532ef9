/** Log lines for people: `time="…" level=info msg="…" key=value`, the form that Hydra's `text` format has. */

/** What may stand without quotes. */
const BARE = /^[A-Za-z0-9\-._/@^+]+$/;
/** Control characters that JSON leaves alone: DEL and C1, which a terminal may obey. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;

/** One line without its end. Nested objects become dotted keys; members that are `undefined` are left out. */
export function formatText(fields: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = [];
  collect('', fields, pairs);
  return pairs.join(' ');
}

function collect(prefix: string, fields: object, pairs: string[]): void {
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) collect(`${prefix}${key}.`, value, pairs);
    else pairs.push(`${prefix}${key}=${formatValue(value)}`);
  }
}

function formatValue(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  return BARE.test(text) ? text : quote(text);
}

/** Quoted so that no value can end its line or start a pair of its own. */
function quote(text: string): string {
  return JSON.stringify(text).replace(CONTROLS, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
