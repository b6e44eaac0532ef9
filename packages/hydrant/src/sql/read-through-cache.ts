/** A bounded memory of what was read, oldest use out first. What is not there is not remembered. */
export interface ReadThroughCache<V> {
  get(key: string): Promise<V | undefined>;
  /** To be called when a write is done: whatever was read before it is forgotten, even if it has yet to arrive. */
  forget(key: string): void;
  clear(): void;
}

export function readThroughCache<V>(size: number, load: (key: string) => Promise<V | undefined>): ReadThroughCache<V> {
  const held = new Map<string, V>();
  // Counts the writes. A look-up that was under way during one may carry the value from before it.
  let writes = 0;

  return {
    async get(key) {
      const known = held.get(key);
      if (known !== undefined) {
        held.delete(key);
        held.set(key, known);
        return known;
      }
      const seen = writes;
      const value = await load(key);
      if (value !== undefined && seen === writes) {
        held.set(key, value);
        if (held.size > size) held.delete(held.keys().next().value ?? key);
      }
      return value;
    },
    forget(key) {
      writes += 1;
      held.delete(key);
    },
    clear() {
      writes += 1;
      held.clear();
    },
  };
}
