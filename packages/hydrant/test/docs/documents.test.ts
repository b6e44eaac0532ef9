/** What the documents say of other files, settings and addresses is true. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statementsReference } from '../../../../scripts/statements-reference.mjs';
import { assertSafe, loadConfig } from '../../src/config/index.js';
import { configurationReference } from '../../src/config/reference.js';
import { allDocuments, anchorsOf, blocksOf, checkout, linksOf, readDocument, targetOf } from './support/documents.js';

const documents = allDocuments();

test('every relative link leads to a file, and to a heading where it names one', () => {
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const { path, anchor } = targetOf(document, link);
        if (!existsSync(join(checkout, path))) return true;
        return anchor !== '' && !anchorsOf(readDocument(path)).has(anchor);
      })
      .map((link) => `${document.path} leads to ${link}`),
  );
  expect(broken).toEqual([]);
  expect(documents.flatMap(linksOf).length).toBeGreaterThan(20);
});

test('every page below docs/ is linked from another one', () => {
  const linked = new Set(
    documents.flatMap((document) => linksOf(document).map((link) => targetOf(document, link).path)),
  );
  const lost = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.has(path));
  expect(lost).toEqual([]);
});

test('the configuration reference is what the declarations say (npm run reference writes it)', () => {
  expect(readDocument('docs/reference/configuration.md').text).toBe(configurationReference());
});

test('the page of statements is what the budgets recorded (npm run reference writes it)', () => {
  expect(readDocument('docs/reference/statements.md').text).toBe(statementsReference());
});

test('every file of the sources that a document names is there', () => {
  const named = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:packages\/hydrant\/)?(?:src|test|scripts)\/[\w./-]+)`/g)].map((match) => ({
      path,
      file: match[1] ?? '',
    })),
  );
  const gone = named.filter(
    ({ file }) => ![file, join('packages/hydrant', file)].some((place) => existsSync(join(checkout, place))),
  );
  expect(gone).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});

const samples = documents.flatMap((document) =>
  blocksOf(document, 'yaml').map((text, index) => ({ name: `${document.path} ${index + 1}`, text })),
);

test.each(samples)('the configuration in $name is understood, and safe to start with', ({ text }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hydrant-docs-'));
  try {
    const file = join(folder, 'hydrant.yaml');
    writeFileSync(file, text);
    // What a sample leaves out comes from elsewhere; what it says has to hold.
    const base = join(folder, 'base.yaml');
    writeFileSync(base, BASE);
    const config = loadConfig({ files: [base, file], env: { SECRETS_SYSTEM: 'Xo3vWq8rLk2TzPm5' } });
    assertSafe(config);
    expect(config.warnings).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const BASE = `
dsn: memory
urls:
  self: { issuer: https://id.example.com }
  login: https://app.example.com/login
  consent: https://app.example.com/consent
`;
