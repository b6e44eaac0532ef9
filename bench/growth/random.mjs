/** Chance that can be repeated: the same seed gives the same traffic. */

/**
 * @typedef {object} Chance
 * @property {() => number} next From 0 up to 1.
 * @property {(likelihood: number) => boolean} often True this often, 0 to 1.
 * @property {<T>(list: readonly T[]) => T | undefined} pick Any of them; `undefined` of an empty list.
 * @property {(mean: number) => number} around A whole number with this mean: the fraction is left to chance.
 * @property {(mean: number) => number} span A length with this mean, most of them shorter (exponential).
 */

/**
 * The generator is mulberry32: 32 bits of state are plenty for choosing who logs in next.
 * @param {number} seed
 * @returns {Chance}
 */
export function createChance(seed) {
  let state = seed >>> 0;
  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    next,
    often: (likelihood) => next() < likelihood,
    pick: (list) => list[Math.floor(next() * list.length)],
    around: (mean) => Math.floor(mean + next()),
    span: (mean) => -Math.log(1 - next()) * mean,
  };
}
