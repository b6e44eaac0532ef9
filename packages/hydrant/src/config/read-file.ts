import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseDocument, type ScalarTag } from 'yaml';
import { ConfigError } from './problem.js';
import { type Read, readDocument } from './read-document.js';

/** Hydra reads `0755` as octal (YAML 1.1); YAML 1.2 would make 755 of it, and a socket mode would go wrong silently. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

/** Reads one configuration file. Throws `ConfigError` where it cannot be read or is not well-formed. */
export function readFile(path: string): Read {
  return readDocument(parse(path, readText(path)), path);
}

function refuse(path: string, reason: string): never {
  throw new ConfigError([{ path, reason }]);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return refuse(path, code === 'ENOENT' ? 'there is no such file' : `cannot be read (${String(code)})`);
  }
}

/** The complaints of the parsers quote the text around the mistake, which may be a secret: only the place is passed on. */
function parse(path: string, text: string): unknown {
  switch (extname(path).toLowerCase()) {
    case '.json':
      try {
        return JSON.parse(text);
      } catch {
        return refuse(path, 'is not well-formed JSON');
      }
    case '.yaml':
    case '.yml': {
      const document = parseDocument(text, {
        merge: true,
        prettyErrors: false,
        customTags: (tags) => [octal, ...tags],
      });
      const [first] = document.errors;
      if (first) {
        const line = text.slice(0, first.pos[0]).split('\n').length;
        return refuse(
          path,
          `is not well-formed YAML, in line ${line} (${first.code.toLowerCase().replaceAll('_', ' ')})`,
        );
      }
      return document.toJS();
    }
    case '.toml':
      return refuse(path, 'TOML files are not supported: write the same keys as YAML, and name the file .yaml');
    default:
      return refuse(path, 'must be a .yaml, .yml or .json file');
  }
}
