/**
 * Reads a list out of an environment variable: a JSON list, else one CSV record (commas, double quotes; a doubled quote
 * inside quotes is one). With `words`, white space separates too where there is no comma and no quote, as in Hydra 1.7.
 * Spaces around an item go, empty items too. `undefined` where a quotation mark is left open.
 */
export function parseEnvList(text: string, words: boolean): unknown[] | undefined {
  const json = jsonList(text);
  if (json) return json;
  if (words && !/[,"]/.test(text)) return text.split(/\s+/).filter((item) => item !== '');
  return csvRecord(text);
}

/** Only a list counts: a JSON number or word is an item like any other (`SECRETS_SYSTEM=1234567890123456`). */
function jsonList(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const ITEM = /\s*(?:"((?:[^"]|"")*)"\s*|([^",\s][^,]*)?)(?:,|$)/y;

function csvRecord(text: string): string[] | undefined {
  const items: string[] = [];
  let read = 0;
  do {
    ITEM.lastIndex = read;
    const match = ITEM.exec(text);
    if (!match) return undefined;
    const item = match[1]?.replaceAll('""', '"') ?? (match[2] ?? '').trim();
    if (item !== '') items.push(item);
    read += match[0].length;
  } while (read < text.length);
  return items;
}
