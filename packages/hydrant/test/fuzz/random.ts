/** Chance that a seed repeats. Not fast-check's: here time ends a run, and what is sent depends on what was answered. */

export interface Chance {
  /** A whole number from 0 up to, and without, `end`. */
  below(end: number): number;
  /** True in one of `times` cases. */
  oneIn(times: number): boolean;
  /** One of them; throws where there is none. */
  pick<Item>(items: readonly Item[]): Item;
}

/** Mulberry32: 32 bits of state are plenty for picking what to send. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
  return {
    below,
    oneIn: (times) => below(times) === 0,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
  };
}

/** `HYDRANT_FUZZ_SEED`, or the same one every time, so that a build fails for what changed in it; whoever uses it prints it. */
export function chosenSeed(): number {
  const chosen = Number(process.env.HYDRANT_FUZZ_SEED);
  return Number.isSafeInteger(chosen) && chosen > 0 ? chosen : 31337;
}

/** How long a run may take: `HYDRANT_FUZZ_SECONDS`, or what is right for every build. */
export function chosenSeconds(usual: number): number {
  const chosen = Number(process.env.HYDRANT_FUZZ_SECONDS);
  return chosen > 0 ? chosen : usual;
}
