/** Single-character edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** Longest unknown key worth comparing: the work is quadratic, and a longer one is no typing mistake. */
const LONGEST = 120;

/** The known key that a mistyped one most likely meant, or `undefined` where none is close. */
export function nearestKey(unknown: string, known: Iterable<string>): string | undefined {
  if (unknown.length > LONGEST) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  const ownName = lastName(unknown);
  for (const key of known) {
    const whole = editDistance(unknown.toLowerCase(), key.toLowerCase());
    // A right name in the wrong place is closer than any spelling mistake: `ttl.issuer`, `issuer`.
    const moved = ownName.length > 3 && lastName(key) === ownName ? 2 + whole / 100 : whole;
    const distance = Math.min(whole, moved);
    if (distance < least) [best, least] = [key, distance];
  }
  return least <= Math.max(2, Math.floor(unknown.length / 3)) ? best : undefined;
}

function lastName(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
