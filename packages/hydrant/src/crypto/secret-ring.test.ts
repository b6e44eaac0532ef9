import { expect, test } from 'vitest';
import { createSecretRing, entryAt, entryIndex, signingEntry } from './secret-ring.js';

test('an entry is keyed with its SHA-256, as in Hydra', () => {
  const ring = createSecretRing(['import-vector-system-secret-0001']);
  expect(signingEntry(ring).key.toString('hex')).toBe(
    '99f65a29b8deff48413afc5f07ae204e531c40401049ead0a7f01a171402b7f7',
  );
});

test('an id finds its entry again after another was put in front, and nothing after it was taken out', () => {
  const { id } = signingEntry(createSecretRing(['old secret of system']));
  const rotated = createSecretRing(['new secret of system', 'old secret of system']);
  expect(entryIndex(rotated, id)).toBe(1);
  expect(entryIndex(createSecretRing(['new secret of system']), id)).toBeUndefined();
});

test('a ring is never empty and has no entries beyond its end', () => {
  expect(() => createSecretRing([])).toThrow('at least one');
  expect(() => entryAt(createSecretRing(['only']), 1)).toThrow(RangeError);
});
