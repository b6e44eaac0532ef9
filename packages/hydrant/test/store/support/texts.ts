import fc from 'fast-check';

/** Any text that may come to a store: U+0000 is refused at the door, for PostgreSQL keeps none (docs/decisions/0017). */
export function anyText(maxLength?: number): fc.Arbitrary<string> {
  return fc
    .string({ unit: 'binary', ...(maxLength !== undefined && { maxLength }) })
    .filter((text) => !text.includes('\u0000'));
}
