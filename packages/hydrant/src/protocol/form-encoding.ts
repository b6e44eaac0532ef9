/**
 * Encodes a name or value as `application/x-www-form-urlencoded`: space becomes `+`, all but `A–Z a–z 0–9 - . _ ~` an
 * escape. Not `URLSearchParams`, which treats `~` and `*` the other way round, so that links would differ from Hydra's.
 */
export function formEncode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** Parameters in the order given, form-encoded; those without a value are left out, empty ones stay (`state=`). */
export function formEncodeAll(params: Iterable<readonly [name: string, value: string | undefined]>): string {
  const pairs: string[] = [];
  for (const [name, value] of params) {
    if (value !== undefined) pairs.push(`${formEncode(name)}=${formEncode(value)}`);
  }
  return pairs.join('&');
}
