import type { Milliseconds } from './time.js';

/** Nanoseconds in a unit; both spellings of the micro sign. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const TERM = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;
/** Go keeps nanoseconds in 63 bits: some 292 years. */
const LONGEST = (1n << 63n) - 1n;
/** More digits than any duration can use; keeps hostile input from costing time. */
const LONGEST_TEXT = 100;

/**
 * Reads a duration as Go writes and reads it: `90m`, `1h30m`, `1.5h`, `300ms`, `-1s`, `0`. `undefined` where it is none,
 * or too long. Smaller parts than a millisecond become its fraction.
 */
export function parseGoDuration(text: string): Milliseconds | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const negative = text.startsWith('-');
  const terms = text.replace(/^[+-]/, '');
  if (terms === '0') return 0;
  let total = 0n;
  let read = 0;
  while (read < terms.length) {
    TERM.lastIndex = read;
    const [term = '', whole = '', fraction = '', unit = ''] = TERM.exec(terms) ?? [];
    if (whole === '' && fraction === '') return undefined;
    const size = UNITS.get(unit) ?? 0n;
    total += BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
    read += term.length;
  }
  if (read === 0 || total > LONGEST) return undefined;
  const milliseconds = Number(total / 1_000_000n) + Number(total % 1_000_000n) / 1e6;
  return negative && milliseconds !== 0 ? -milliseconds : milliseconds;
}

/** Writes a duration as Go does: `1h30m0s`, `10s`, `1.5s`, `500ms`, `0s`. */
export function formatGoDuration(duration: Milliseconds): string {
  if (duration < 0) return `-${formatGoDuration(-duration)}`;
  const seconds = Math.floor(duration / 1000);
  const nanoseconds = Math.round((duration % 1000) * 1e6);
  if (nanoseconds === 1e9) return formatGoDuration((seconds + 1) * 1000);
  if (seconds === 0) {
    if (nanoseconds === 0) return '0s';
    if (nanoseconds >= 1e6) return `${decimal(nanoseconds, 6)}ms`;
    return nanoseconds >= 1e3 ? `${decimal(nanoseconds, 3)}\u00b5s` : `${nanoseconds}ns`;
  }
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${decimal((seconds % 60) * 1e9 + nanoseconds, 9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

/** A whole number with the point moved left by `places`, without zeros at the end. */
function decimal(value: number, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
