import { parseGoDuration } from '../protocol/duration.js';
import { isStorable } from '../protocol/storable.js';
import { parseEnvList } from './env-list.js';
import type { KindName, Setting } from './setting.js';

/** What became of a value: the run-time form, or the reason why there is none. */
export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** The rules of one kind. */
interface Kind {
  /** From the form of a file to the run-time form. */
  parse(value: unknown, setting: Setting): Parsed;
  /** From the text of an environment variable to the form of a file; absent where a text is that form already. */
  fromText?(text: string, setting: Setting): Parsed;
  /** JSON Schema of the form in a file. */
  schema(setting: Setting): Record<string, unknown>;
}

const ok = (value: unknown): Parsed => ({ ok: true, value });
const no = (reason: string): Parsed => ({ ok: false, reason });
const quoted = (value: unknown, setting: Setting): string => (setting.secret ? '' : `, not ${JSON.stringify(value)}`);
const either = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** Hydra's words for true and false in the environment. */
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

const DURATION = /^(\d+(ns|us|ms|s|m|h))+$/;
const DURATION_WORDS = 'must be a duration such as 30s, 10m or 1h30m (whole numbers with ns, us, ms, s, m or h)';

/** Milliseconds of a duration as settings write it: no sign, no fraction. `undefined` where the text is none. */
export function parseDuration(text: string): number | undefined {
  return DURATION.test(text) ? parseGoDuration(text) : undefined;
}

function parseText(value: unknown, setting: Setting): Parsed {
  if (typeof value !== 'string') return no(`must be a text${quoted(value, setting)}; put it in quotes`);
  // A setting may name what is looked up in the database.
  if (!isStorable(value)) return no('must not have the character U+0000');
  if (value.length < (setting.minLength ?? 0)) return no(`must have at least ${setting.minLength} characters`);
  if (setting.pattern && !new RegExp(setting.pattern[0]).test(value)) return no(`must be ${setting.pattern[1]}`);
  return ok(value);
}

function parseNumber(value: unknown, setting: Setting, whole: boolean): Parsed {
  const what = whole ? 'a whole number' : 'a number';
  if (typeof value !== 'number' || !(whole ? Number.isSafeInteger(value) : Number.isFinite(value))) {
    return no(`must be ${what}${quoted(value, setting)}`);
  }
  if (typeof setting.min === 'number' && value < setting.min) return no(`must be at least ${setting.min}`);
  if (typeof setting.max === 'number' && value > setting.max) return no(`must be at most ${setting.max}`);
  return ok(value);
}

/** Text of a number to the number; a text that is none is left as it is, for `parse` to refuse with the right words. */
function numberFromText(text: string): Parsed {
  return ok(/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
}

function parseDurationValue(value: unknown, setting: Setting): Parsed {
  const duration = typeof value === 'string' ? parseDuration(value) : undefined;
  if (duration === undefined) return no(`${DURATION_WORDS}${quoted(value, setting)}`);
  if (typeof setting.min === 'string' && duration < (parseDuration(setting.min) ?? 0)) {
    return no(`must be at least ${setting.min}`);
  }
  return ok(duration);
}

function parseUrl(value: unknown, setting: Setting, reference: boolean): Parsed {
  const text = parseText(value, setting);
  if (!text.ok || typeof value !== 'string') return text;
  const words = reference ? 'a URL or a path such as /login' : 'an absolute URL such as https://id.example.com/';
  if (value === '' || /\s/.test(value) || !URL.canParse(value, reference ? 'http://localhost' : undefined)) {
    return no(`must be ${words}${quoted(value, setting)}`);
  }
  return ok(value);
}

function parseList(value: unknown, setting: Setting): Parsed {
  if (!Array.isArray(value)) return no(`must be a list${quoted(value, setting)}`);
  for (const [index, item] of value.entries()) {
    const text = parseText(item, setting);
    if (!text.ok) return no(`item ${index + 1} ${text.reason}`);
    if (setting.values && !setting.values.includes(String(item))) {
      return no(`item ${index + 1} must be one of ${either(setting.values)}${quoted(item, setting)}`);
    }
  }
  return ok(value);
}

function jsonFromText(text: string): Parsed {
  try {
    return ok(JSON.parse(text));
  } catch {
    return ok(text);
  }
}

/** Every kind. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  string: {
    parse: parseText,
    schema: ({ minLength, pattern }) => ({
      type: 'string',
      ...(minLength === undefined ? {} : { minLength }),
      ...(pattern === undefined ? {} : { pattern: pattern[0] }),
    }),
  },
  boolean: {
    parse: (value, setting) =>
      typeof value === 'boolean' ? ok(value) : no(`must be true or false${quoted(value, setting)}`),
    fromText: (text) => ok(TRUE.has(text) ? true : FALSE.has(text) ? false : text),
    schema: () => ({ type: 'boolean' }),
  },
  integer: {
    parse: (value, setting) => parseNumber(value, setting, true),
    fromText: numberFromText,
    schema: ({ min, max }) => ({ type: 'integer', ...range(min, max) }),
  },
  number: {
    parse: (value, setting) => parseNumber(value, setting, false),
    fromText: numberFromText,
    schema: ({ min, max }) => ({ type: 'number', ...range(min, max) }),
  },
  duration: {
    parse: parseDurationValue,
    schema: () => ({ type: 'string', pattern: DURATION.source }),
  },
  lifetime: {
    parse: (value, setting) => (value === -1 || value === '-1' ? ok(null) : parseDurationValue(value, setting)),
    schema: () => ({ anyOf: [{ type: 'string', pattern: DURATION.source }, { enum: [-1, '-1'] }] }),
  },
  url: {
    parse: (value, setting) => parseUrl(value, setting, false),
    schema: () => ({ type: 'string', format: 'uri' }),
  },
  'url-reference': {
    parse: (value, setting) => parseUrl(value, setting, true),
    schema: () => ({ type: 'string', format: 'uri-reference' }),
  },
  choice: {
    parse: (value, setting) =>
      typeof value === 'string' && setting.values?.includes(value)
        ? ok(value)
        : no(`must be one of ${either(setting.values ?? [])}${quoted(value, setting)}`),
    schema: ({ values }) => ({ enum: values }),
  },
  list: {
    parse: parseList,
    fromText: (text, setting) => {
      const items = parseEnvList(text, setting.words === true);
      return items
        ? ok(items)
        : no('must be a JSON list, or texts with commas between them; a quotation mark is left open');
    },
    schema: ({ values, minLength, pattern }) => ({
      type: 'array',
      items: {
        type: 'string',
        ...(values === undefined ? {} : { enum: values }),
        ...(minLength === undefined ? {} : { minLength }),
        ...(pattern === undefined ? {} : { pattern: pattern[0] }),
      },
    }),
  },
  any: { parse: (value) => ok(value), fromText: jsonFromText, schema: () => ({}) },
};

function range(minimum: Setting['min'], maximum: Setting['max']): Record<string, unknown> {
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
}
