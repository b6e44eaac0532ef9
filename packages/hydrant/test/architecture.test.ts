/**
 * The architecture, executed: who may import whom, which library lives where, what nobody may call, and how long a file
 * may be. `docs/architecture.md` says why; `support/architecture-rules.ts` has the rules. A new arrow needs a line there
 * with its reason, and a decision record where it crosses layers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  banned,
  builtins,
  exceptions,
  HARD_CAP,
  type Layer,
  layers,
  libraries,
  long,
  NORMAL,
} from './support/architecture-rules.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** `service` is the contract's own word for health and version. */
const VAGUE_NAME = /(^|-)(utils?|helpers?|common|manager|service|misc)(-|$)/;

interface Source {
  /** Path below `src`, with slashes. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

const named = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** The layer of a file; `undefined` for one that no rule knows. `compose.ts` belongs to its folder. */
function layerOf(path: string): Layer | undefined {
  const place = path === 'compose.ts' ? 'compose/compose.ts' : path;
  const fitting = (Object.keys(layers) as Layer[]).filter((layer) => named(place, layer));
  return fitting.sort((a, b) => b.length - a.length)[0];
}

/** The text without comments; strings stay, so what is forbidden is forbidden there too. */
function withoutComments(text: string): string {
  return text.replace(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
    (part) => (part.startsWith('/') ? ' ' : part),
  );
}

function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const statements = code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const dynamic = code.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map((match) => ({ specifier: match[2] ?? '', typesOnly: match[1] !== undefined })),
    ...[...dynamic].map((match) => ({ specifier: match[1] ?? '', typesOnly: false })),
  ];
}

/** `@scope/name/sub` is the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function exceptionFor(from: Layer, target: string, typesOnly: boolean) {
  return exceptions.find(
    (one) => one.from === from && one.to.includes(target) && (typesOnly || one.typesOnly === undefined),
  );
}

/** Everything that is wrong with a file, one sentence each. */
function breachesOf({ path, text }: Source): string[] {
  const from = layerOf(path);
  if (from === undefined) return [`${path} is in no layer: name its folder in the table`];
  const allowed: readonly string[] = layers[from];
  const breaches: string[] = [];
  for (const { specifier, typesOnly } of importsOf(text)) {
    if (specifier.startsWith('.')) {
      const target = relative('.', join(dirname(path), specifier))
        .split(sep)
        .join('/')
        .replace(/\.js$/, '.ts');
      const to = layerOf(target);
      if (to === undefined) breaches.push(`${path} imports ${target}, which is in no layer`);
      else if (to !== from && !allowed.includes(to) && !exceptionFor(from, target, typesOnly))
        breaches.push(`${path} imports ${target}: there is no arrow from ${from} to ${to}`);
    } else if (specifier.startsWith('node:')) {
      const owners = builtins[specifier];
      if (owners && !owners.includes(from) && !owners.some((owner) => owner === path))
        breaches.push(`${path} imports ${specifier}, which belongs to ${owners.join(', ') || 'nobody'}`);
    } else {
      const owners = libraries[packageOf(specifier)];
      if (!owners?.includes(from))
        breaches.push(`${path} imports ${specifier}, which belongs to ${owners?.join(', ') ?? 'nobody'}`);
    }
  }
  const code = withoutComments(text);
  for (const { what, name, instead, allowed: files } of banned) {
    // A check is silenced by a comment, so that one is looked for in the whole text.
    if (what.test(name === 'silencing a check' ? text : code) && !files.includes(path))
      breaches.push(`${path} uses ${name}; it takes ${instead}`);
  }
  const lines = text.split('\n').length - 1;
  if (lines > HARD_CAP) breaches.push(`${path} has ${lines} lines, more than ${HARD_CAP}`);
  else if (lines > NORMAL && !(path in long)) breaches.push(`${path} has ${lines} lines: shorten it or say why`);
  const name =
    path
      .split('/')
      .at(-1)
      ?.replace(/(\.test|\.suite)?\.ts$/, '') ?? '';
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) breaches.push(`${path} is not in kebab-case`);
  if (path !== 'http/legacy/service.ts' && path.split('/').some((part) => VAGUE_NAME.test(part.replace(/\.ts$/, ''))))
    breaches.push(`${path} has a name that says nothing`);
  return breaches;
}

function filesUnder(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ path: file.split(sep).join('/'), text: readFileSync(join(root, folder, file), 'utf8') }));
}

const sources = filesUnder('src').filter(({ path }) => !path.endsWith('.test.ts'));

test('there are sources to look at', () => {
  expect(sources.length).toBeGreaterThan(150);
});

test('every file keeps to the layers, libraries, globals, names and lengths', () => {
  expect(sources.flatMap(breachesOf)).toEqual([]);
});

test('no arrow beyond the table is left that nobody uses', () => {
  const used = new Set(
    sources.flatMap(({ path, text }) => {
      const from = layerOf(path);
      return importsOf(text)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(
          ({ specifier }) => `${from} ${join(dirname(path), specifier).split(sep).join('/').replace(/\.js$/, '.ts')}`,
        );
    }),
  );
  const idle = exceptions
    .flatMap(({ from, to }) => to.map((file) => `${from} ${file}`))
    .filter((one) => !used.has(one));
  expect(idle).toEqual([]);
});

test('the long files are as long as their entry says', () => {
  const lengths = new Map(sources.map(({ path, text }) => [path, text.split('\n').length - 1]));
  expect(Object.keys(long).filter((path) => (lengths.get(path) ?? 0) <= NORMAL)).toEqual([]);
});

test('tests are no longer than any other file may be', () => {
  const tests = [...filesUnder('test'), ...filesUnder('src').filter(({ path }) => path.endsWith('.test.ts'))];
  const tooLong = tests.filter(({ text }) => text.split('\n').length - 1 > HARD_CAP).map(({ path }) => path);
  expect(tooLong).toEqual([]);
});

test('the packages of the manifest are those of the table', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(libraries).sort());
});

test('the linter refuses any, non-null assertions and default exports', () => {
  const { linter } = JSON.parse(readFileSync(join(root, '../../biome.json'), 'utf8'));
  expect(linter.rules.suspicious.noExplicitAny).toBe('error');
  expect(linter.rules.style).toMatchObject({ noNonNullAssertion: 'error', noDefaultExport: 'error' });
});

describe('a planted breach is seen', () => {
  const plant = (path: string, text: string) => breachesOf({ path, text });
  const aFileOf = (layer: string) => (layer.endsWith('.ts') ? layer : `${layer}/planted.ts`);
  const up = (layer: string) => (layer.endsWith('.ts') ? './' : '../'.repeat(layer.split('/').length));

  const everyForbiddenArrow = (Object.keys(layers) as Layer[]).flatMap((from) => {
    const allowed: readonly string[] = layers[from];
    return Object.keys(layers)
      .filter((to) => to !== from && !allowed.includes(to))
      .map((to) => [from, to] as const);
  });

  test('between any two layers without an arrow', () => {
    expect(everyForbiddenArrow.length).toBeGreaterThan(300);
    const unseen = everyForbiddenArrow.filter(([from, to]) => {
      const specifier = `${up(from)}${aFileOf(to).replace(/\.ts$/, '.js')}`;
      return plant(aFileOf(from), `import { planted } from '${specifier}';\n`).length === 0;
    });
    expect(unseen).toEqual([]);
  });

  test.each([
    ['http/listen.ts', "import { openStore } from '../sql/index.js';\n"],
    ['sql/index.ts', "import { createListener } from '../http/listen.js';\n"],
    ['authorize/index.ts', "export { createExchange } from '../tokens/exchange.js';\n"],
    ['tokens/exchange.ts', "import {\n  type Config,\n  loadConfig,\n} from '../config/index.js';\n"],
    ['jobs/list.ts', "import { createEvents } from '../events/index.js';\n"],
    ['cli/index.ts', "const { createListener } = await import('../http/listen.js');\n"],
    ['nowhere/planted.ts', ''],
  ])('in %s: %s', (path, text) => {
    expect(plant(path, text)).toHaveLength(1);
  });

  test('an allowed arrow is none', () => {
    expect(plant('model/planted.ts', "import type { Instant } from '../protocol/time.js';\n")).toEqual([]);
    expect(plant('jobs/planted.ts', "import type { Events } from '../events/index.js';\n")).toEqual([]);
  });

  test.each(Object.entries(libraries))('the library %s outside of %j', (library, owners) => {
    const elsewhere = (Object.keys(layers) as Layer[]).filter((layer) => !owners.includes(layer));
    for (const layer of elsewhere)
      expect(plant(aFileOf(layer), `import it from '${library}';\n`), layer).toHaveLength(1);
    for (const layer of owners) expect(plant(aFileOf(layer), `import it from '${library}';\n`), layer).toEqual([]);
  });

  test('a library that nobody agreed on', () => {
    expect(plant('http/planted.ts', "import express from 'express';\n")).toHaveLength(1);
    expect(plant('tokens/planted.ts', "import { createHash } from 'node:crypto';\n")).toHaveLength(1);
  });

  test.each([
    'const at = Date.now();',
    'const at = new Date();',
    'const at = performance.now();',
    'const at = Math.random();',
    'const at = crypto.randomUUID();',
    'const at = crypto.randomBytes(16);',
    ['const at = `$', '{Date.now()}`;'].join(''),
    'const at = process.env.HOME;',
    "console.log('at');",
    '// biome-ignore lint: planted',
  ])('%s', (text) => {
    expect(plant('tokens/planted.ts', `${text}\n`)).toHaveLength(1);
  });

  test('a word in a comment is none', () => {
    expect(plant('tokens/planted.ts', '/** Unlike Date.now. */\nconst url = "http://a"; // new Date()\n')).toEqual([]);
  });

  test('a file that is too long, or named after nothing', () => {
    expect(plant('tokens/planted.ts', '\n'.repeat(HARD_CAP + 1))).toHaveLength(1);
    expect(plant('tokens/planted.ts', '\n'.repeat(NORMAL + 1))).toHaveLength(1);
    expect(plant('tokens/token-utils.ts', '')).toHaveLength(1);
    expect(plant('tokens/tokenThing.ts', '')).toHaveLength(1);
  });
});
