/** Time, as everything in Hydrant sees it: one unit inside, seconds on the wire, the conversion here and nowhere else. */

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A length of time in milliseconds. */
export type Milliseconds = number;

/** A NumericDate of RFC 7519 §2, or a length of time on the wire: whole seconds. */
export type Seconds = number;

/** Where the time comes from. Passed to whoever needs it, so that a test decides what time it is. */
export interface Clock {
  now(): Instant;
}

/** The clock of the machine. With {@link Random}'s implementation the only place that may look at the real one. */
export const systemClock: Clock = { now: () => Date.now() };

/** The second in which an instant lies (RFC 7519 §2: NumericDate). */
export function toSeconds(instant: Instant): Seconds {
  return Math.floor(instant / 1000);
}

/** The instant at which a second begins. */
export function fromSeconds(seconds: Seconds): Instant {
  return seconds * 1000;
}

/** RFC 3339 in UTC with milliseconds where there are any: `2030-01-01T00:00:00Z`. */
export function toRfc3339(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** Reads RFC 3339; `undefined` where the text is none. */
export function fromRfc3339(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}
