/** Thrown in a unit whose second condition touched no row, so that what its guard did is undone. Never leaves a dialect. */
export class Undone extends Error {
  override readonly name = 'Undone';
}
