/** What the three API descriptions of Hydra say of its operations; they lie outside of the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../../shared/contract/', import.meta.url));
const FILES = ['hydra-v1.7.swagger.json', 'hydra-v1.11.openapi.json', 'hydra-v26.2.openapi.json'] as const;

/** True where the descriptions are there to be read. */
export const described: boolean = FILES.every((file) => existsSync(FOLDER + file));

type Json = Readonly<Record<string, unknown>>;

/** The part of JSON Schema that the descriptions use, references resolved on the way by {@link Operation.resolve}. */
export type Schema = Json;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly description: string;
  readonly method: string;
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly side: 'public' | 'admin';
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly kind: 'json' | 'form'; readonly schema: Schema };
  /** The schema itself, or the one that it refers to. */
  resolve(schema: Schema): Schema;
}

const PUBLIC =
  /^\/(\.well-known\/|credentials$|userinfo$|oauth2\/(auth$|device\/|register|revoke$|sessions\/logout$|token$|fallbacks))/;
/** These are on both sides. */
const SERVICE = /^\/(health\/|version$)/;

/** Every operation on its own path, and those of the admin side with and without `/admin` whatever its description says. */
export function readOperations(): readonly Operation[] {
  return FILES.flatMap((file) => operationsIn(file, parse(readFileSync(FOLDER + file, 'utf8'))));
}

function parse(text: string): Json {
  return objectOf(JSON.parse(text));
}

function operationsIn(description: string, document: Json): readonly Operation[] {
  const resolve = (schema: Schema): Schema =>
    typeof schema.$ref === 'string' ? resolve(lookUp(document, schema.$ref)) : schema;
  return Object.entries(objectOf(document.paths)).flatMap(([path, item]) =>
    Object.entries(objectOf(item)).flatMap(([method, said]) =>
      placesOf(path).map(([side, place]) => ({
        description,
        method: method.toUpperCase(),
        path: place,
        side,
        resolve,
        ...inputsOf(objectOf(said), resolve),
      })),
    ),
  );
}

function placesOf(path: string): readonly (readonly ['public' | 'admin', string])[] {
  if (PUBLIC.test(path)) return [['public', path]];
  const bare = path.replace(/^\/admin/, '');
  const both = [
    ['admin', bare],
    ['admin', `/admin${bare}`],
  ] as const;
  return SERVICE.test(path) ? [['public', path], ...both] : both;
}

function inputsOf(said: Json, resolve: Operation['resolve']): Pick<Operation, 'parameters' | 'body'> {
  const all = listOf(said.parameters).map(objectOf).map(resolve);
  const parameters = all.flatMap((one): Parameter[] => {
    const place = one.in;
    if (place !== 'path' && place !== 'query' && place !== 'header') return [];
    return [
      { name: String(one.name), in: place, required: one.required === true, schema: objectOf(one.schema ?? one) },
    ];
  });
  const whole = all.find((one) => one.in === 'body');
  if (whole) return { parameters, body: { kind: 'json', schema: objectOf(whole.schema) } };
  // Swagger 2 has the fields of a form among the parameters, OpenAPI 3 has a schema for the whole of it.
  const fields = all.filter((one) => one.in === 'formData');
  if (fields.length > 0) {
    const properties = Object.fromEntries(fields.map((one) => [String(one.name), one]));
    return { parameters, body: { kind: 'form', schema: { type: 'object', properties } } };
  }
  const content = Object.entries(objectOf(resolve(objectOf(said.requestBody)).content));
  const [type, media] = content[0] ?? [];
  if (type === undefined) return { parameters };
  return {
    parameters,
    body: { kind: type.includes('json') ? 'json' : 'form', schema: objectOf(objectOf(media).schema) },
  };
}

function lookUp(document: Json, reference: string): Json {
  return reference
    .slice(2)
    .split('/')
    .reduce((at: Json, step) => objectOf(at[step]), document);
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
