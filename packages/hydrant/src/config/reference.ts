/** The reference page of all settings, as Markdown: made of the declarations, so that it cannot say anything else. */
import { SECTIONS, SETTINGS } from './sections/index.js';
import { type Setting, standingOf } from './setting.js';

const INTRODUCTION = `# Configuration reference

<!-- Made by \`npm run reference\` from packages/hydrant/src/config/sections/. A test compares the two. -->

Every key that a configuration may have. [The guide](../guides/configuration.md) says how files, variables and flags come
together; this page says what each key is.

- The environment variable of a key is its path in upper case with \`_\` for \`.\`: \`serve.public.port\` is \`SERVE_PUBLIC_PORT\`.
- A *duration* is written \`30s\`, \`10m\` or \`1h30m\`. A *list* is a YAML or JSON list; in a variable, texts with commas between them.
- *Hydra* says which releases of Ory Hydra know the key; *own* is a key that only Hydrant has.
- **Refused** marks what Hydra can do and this release cannot: a value other than the default stops the start.
- **No effect** marks keys that are accepted for the sake of existing files.
- Files and variables are read once, at the start: a change counts after a restart. Hydra watches its files; the only
  ones that are watched here are those of certificates (\`serve.*.tls.*.path\`), within ten seconds.
- Any other key is refused as unknown. [At the end](#every-key-and-what-becomes-of-it) stands what becomes of each.
`;

/** The whole page, ending in a line break. */
export function configurationReference(): string {
  return [INTRODUCTION, ...[...blocks()].map(([prefix, settings]) => block(prefix, settings)), standings()].join('\n');
}

/** Every key in one table: honoured, without effect, refused. A test shows the effect of each that is honoured. */
function standings(): string {
  const rows = [...SETTINGS].map(([key, setting]) => {
    const standing = standingOf(setting);
    const sentence = standing.kind === 'honoured' ? '' : standing.sentence;
    return `| ${code(key)} | ${standing.kind} | ${sentence.replaceAll('|', '\\|')} |`;
  });
  return [
    '## Every key, and what becomes of it',
    '',
    '| Key | Standing | Why, and what to use |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Sections of one prefix are one block, wherever they stand in the list. */
function blocks(): Map<string, [key: string, setting: Setting][]> {
  const byPrefix = new Map<string, [string, Setting][]>();
  for (const { prefix, settings } of SECTIONS) {
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), ...Object.entries(settings)]);
  }
  return byPrefix;
}

function block(prefix: string, settings: readonly [string, Setting][]): string {
  const title = prefix === '' ? 'Top level' : `\`${prefix}\``;
  const rows = settings.map(([key, setting]) => {
    const cells = [`\`${key}\``, formOf(setting), defaultOf(setting), releasesOf(setting), meaningOf(setting)];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [`## ${title}`, '', '| Key | Value | Default | Hydra | Meaning |', '|---|---|---|---|---|', ...rows, ''].join(
    '\n',
  );
}

const code = (text: string | number): string => `\`${text}\``;

function formOf(setting: Setting): string {
  const { kind, values = [], pattern, minLength } = setting;
  const items = values.length > 0 ? values.map(code).join(', ') : pattern?.[1];
  const length = minLength ? `at least ${minLength} ${minLength === 1 ? 'character' : 'characters'}` : undefined;
  switch (kind) {
    case 'string':
      return ['text', items ?? length].filter(Boolean).join(', ');
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
      return `whole number${range(setting)}`;
    case 'number':
      return `number${range(setting)}`;
    case 'duration':
      return `duration${range(setting)}`;
    case 'lifetime':
      return `duration${range(setting)}, or \`-1\``;
    case 'url':
      return 'URL';
    case 'url-reference':
      return 'URL or path';
    case 'choice':
      return items ?? '';
    case 'list':
      return listOf(setting, items ?? length);
    case 'any':
      return 'anything';
  }
}

function listOf({ values, pattern }: Setting, items: string | undefined): string {
  if (items === undefined) return 'list of texts';
  if (values) return `list of ${items}`;
  return pattern ? `list; each is ${items}` : `list; each has ${items}`;
}

function range({ min, max }: Setting): string {
  if (min !== undefined && max !== undefined) return `, ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;
  return max === undefined ? '' : `, at most ${max}`;
}

function defaultOf({ default: value, derived }: Setting): string {
  if (derived !== undefined) return derived;
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : value.map(String).map(code).join(', ');
  return value === '' ? 'empty' : code(String(value));
}

function releasesOf({ since, removed }: Setting): string {
  if (since === 'hydrant') return 'own';
  return removed === undefined ? `${since}+` : `${since} until ${removed}`;
}

function meaningOf(setting: Setting): string {
  const { description, secret, unsafe, environment = [], formerly = [] } = setting;
  const older = [...formerly, ...environment].map(code).join(', ');
  const standing = standingOf(setting);
  const parts = [
    description,
    secret && 'Never printed.',
    setting.fromEnvironment === false && !/environment/.test(description) && 'Not read from the environment.',
    unsafe && `**Unsafe**: ${unsafe}`,
    standing.kind === 'without effect' && `**No effect**: ${standing.sentence}`,
    standing.kind === 'refused' && `**Refused**: ${standing.sentence}`,
    older && `Older names: ${older}.`,
  ];
  return parts.filter(Boolean).join(' ');
}
