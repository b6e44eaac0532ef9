import { expect, test } from 'vitest';
import { editDistance, nearestKey } from './nearest.js';
import { SETTINGS } from './sections/index.js';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'acb', 1],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
])('%s to %s takes %d edits', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits);
});

test.each([
  ['ttl.acces_token', 'ttl.access_token'],
  ['urls.self.isuser', 'urls.self.issuer'],
  ['urls.issuer', 'urls.self.issuer'],
  ['serve.public.prot', 'serve.public.port'],
  ['secret.system', 'secrets.system'],
  ['SERVE.PUBLIC.PORT', 'serve.public.port'],
  ['nothing.like.it.at.all', undefined],
])('%s most likely means %s', (unknown, known) => {
  expect(nearestKey(unknown, SETTINGS.keys())).toBe(known);
});
