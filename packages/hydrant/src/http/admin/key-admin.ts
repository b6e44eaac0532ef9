import type { KeyOperations } from '../../keys/key-sets.js';

/** What the operations on JSON Web Keys need. */
export interface KeyAdmin {
  readonly keys: KeyOperations;
}
