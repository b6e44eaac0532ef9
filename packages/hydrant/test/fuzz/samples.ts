/** Requests as a description wants them, filled with what is really there, so that they get past the first look. */
import { CALLBACK } from '../support/relying-party.js';
import { listOf, type Operation, objectOf, type Schema } from './descriptions.js';
import type { Chance } from './random.js';

/** A request that still has its parts apart, for {@link import('./mutations.js')}. */
export interface Draft {
  method: string;
  path: string;
  query: (readonly [name: string, value: string])[];
  headers: (readonly [name: string, value: string])[];
  body:
    | { readonly kind: 'none' }
    | { readonly kind: 'form'; fields: (readonly [name: string, value: string])[] }
    | { readonly kind: 'json'; value: unknown };
}

/** Live values by the name of their parameter or member; never empty lists. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/** Marks whatever stands for a secret in a request. No log line may have it. */
export const MARK = 'Pl4ntedS3cret';

/** Members and parameters whose value is nobody's business. */
const SECRET =
  /^(client_secret|code|code_verifier|refresh_token|access_token|token|id_token_hint|assertion|client_assertion|device_code|user_code|password|d|k)$/;

export function draftOf(operation: Operation, known: Known, chance: Chance): Draft {
  const draft: Draft = {
    method: operation.method,
    path: operation.path,
    query: [],
    headers: [],
    body: { kind: 'none' },
  };
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (!required && chance.oneIn(3)) continue;
    const value = textOf(valueFor(name, schema, operation, known, chance, 0));
    if (place === 'path') draft.path = draft.path.replace(`{${name}}`, encodeURIComponent(value));
    else if (place === 'query') draft.query.push([name, value]);
    else draft.headers.push([name, value]);
  }
  // The description of the authorization endpoint has no parameters.
  if (operation.path === '/oauth2/auth') draft.query.push(...authorization(known, chance));
  if (operation.path === '/oauth2/sessions/logout' && chance.oneIn(2))
    draft.query.push(['id_token_hint', textOf(valueFor('id_token_hint', {}, operation, known, chance, 0))]);
  const { body } = operation;
  if (body) {
    const value = sampleOf(body.schema, operation, known, chance, 0);
    draft.headers.push([
      'content-type',
      body.kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
    ]);
    if (body.kind === 'json') draft.body = { kind: 'json', value };
    else {
      const fields = Object.entries(objectOf(value)).map(([name, one]) => [name, textOf(one)] as const);
      draft.body = { kind: 'form', fields: [...fields, ...extras(operation, known, chance)] };
    }
  }
  if (operation.side === 'public') draft.headers.push(...credentials(operation, known, chance));
  return draft;
}

function authorization(known: Known, chance: Chance): [string, string][] {
  return [
    ['client_id', textOf(chance.pick(known.client_id ?? ['nobody']))],
    ['response_type', chance.pick(['code', 'code id_token', 'token', 'id_token token', 'none'])],
    ['redirect_uri', CALLBACK],
    ['scope', 'openid offline'],
    ['state', 'a-state-that-is-long-enough'],
    ['nonce', 'a-nonce-that-is-long-enough'],
    ...(chance.oneIn(3) ? [['prompt', chance.pick(['none', 'login', 'consent'])] as [string, string]] : []),
    ...(chance.oneIn(6) ? [['login_verifier', `${MARK}verifier`] as [string, string]] : []),
  ];
}

/** What the forms of the endpoints take, which their descriptions leave out. */
function extras({ path }: Operation, known: Known, chance: Chance): (readonly [string, string])[] {
  if (!/token$|revoke$|device\/auth$/.test(path) || chance.oneIn(3)) return [];
  const name = chance.pick([
    'code_verifier',
    'scope',
    'audience',
    'resource',
    'device_code',
    'assertion',
    'client_secret',
  ]);
  const live = known[name];
  return [[name, live && chance.oneIn(2) ? textOf(chance.pick(live)) : `${MARK}-${name}`]];
}

function credentials(operation: Operation, known: Known, chance: Chance): (readonly [string, string])[] {
  // Devices have no secret.
  if (operation.path.includes('/device/') && chance.oneIn(2)) return [];
  const basic = chance.pick(known.basic ?? [`nobody:${MARK}`]);
  const bearer = textOf(
    chance.pick(known[operation.path.includes('/register') ? 'registration' : 'access_token'] ?? ['']),
  );
  if (/\/(userinfo|register\/|credentials)/.test(operation.path)) return [['authorization', `Bearer ${bearer}`]];
  if (chance.oneIn(4)) return [['cookie', `ory_hydra_session_dev=${MARK}; other=${MARK}`]];
  if (/token$|revoke$|device\/auth$/.test(operation.path))
    return [['authorization', `Basic ${Buffer.from(textOf(basic)).toString('base64')}`]];
  return [];
}

/** A value that the schema allows, mostly. */
function sampleOf(schema: Schema, operation: Operation, known: Known, chance: Chance, depth: number): unknown {
  const { type, properties, items, enum: choices, default: usual, format } = operation.resolve(schema);
  if (Array.isArray(choices)) return chance.pick(choices);
  if (type === 'object' || properties !== undefined) {
    const members = Object.entries(objectOf(properties)).filter(([name]) => chance.oneIn(4) || known[name]);
    return Object.fromEntries(
      members
        .filter(() => !chance.oneIn(5) && depth < 4)
        .map(([name, one]) => [name, valueFor(name, objectOf(one), operation, known, chance, depth + 1)]),
    );
  }
  if (type === 'array') {
    const many = depth > 4 ? 0 : chance.below(3);
    return Array.from({ length: many }, () => sampleOf(objectOf(items), operation, known, chance, depth + 1));
  }
  if (usual !== undefined) return usual;
  if (type === 'integer' || type === 'number') return chance.below(100);
  if (type === 'boolean') return chance.oneIn(2);
  if (format === 'date-time') return '2035-01-01T00:00:00Z';
  if (format === 'uri' || format === 'uri-reference') return 'https://app.example/some/where';
  return chance.pick(['a', 'alice', '5m', 'none', 'https://app.example/', 'a text with spaces']);
}

function valueFor(
  name: string,
  schema: Schema,
  operation: Operation,
  known: Known,
  chance: Chance,
  depth: number,
): unknown {
  const live = known[lookUp(name, operation)];
  if (live && !chance.oneIn(6)) return chance.pick(live);
  if (SECRET.test(name)) return `${MARK}-${name}-of-more-than-forty-three-characters-in-all`;
  return sampleOf(schema, operation, known, chance, depth);
}

/** `{id}` is of a client or of a trusted issuer. */
function lookUp(name: string, { path }: Operation): string {
  if (name !== 'id') return name;
  if (path.includes('/issuers/')) return 'issuer_id';
  return path.includes('/register/') ? 'registered_id' : 'client_id';
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return listOf(value).length > 0 || typeof value === 'object' ? JSON.stringify(value) : String(value);
}
