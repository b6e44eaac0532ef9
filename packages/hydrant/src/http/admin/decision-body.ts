/** The bodies with which login and consent apps decide: their schemas, and how they are read. */
import Type, { type Static, type TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Rejection } from '../../protocol/errors.js';
import { isObject } from '../../protocol/json.js';
import { fromRfc3339 } from '../../protocol/time.js';
import { BadBody, readObject } from '../body.js';
import type { Ask } from '../endpoint.js';

const Strings = Type.Array(Type.String());
const Optional = Type.Optional;

export const AcceptLoginBody = Type.Object({
  subject: Optional(Type.String()),
  remember: Optional(Type.Boolean()),
  remember_for: Optional(Type.Integer()),
  acr: Optional(Type.String()),
  amr: Optional(Strings),
  force_subject_identifier: Optional(Type.String()),
  context: Optional(Type.Unknown()),
  extend_session_lifespan: Optional(Type.Boolean()),
  identity_provider_session_id: Optional(Type.String()),
});

export const AcceptConsentBody = Type.Object({
  grant_scope: Optional(Strings),
  grant_access_token_audience: Optional(Strings),
  session: Optional(
    Type.Object({
      access_token: Optional(Type.Record(Type.String(), Type.Unknown())),
      id_token: Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
  remember: Optional(Type.Boolean()),
  remember_for: Optional(Type.Integer()),
  handled_at: Optional(Type.String()),
  context: Optional(Type.Unknown()),
});

export const RejectBody = Type.Object({
  error: Optional(Type.String()),
  error_description: Optional(Type.String()),
  error_hint: Optional(Type.String()),
  error_debug: Optional(Type.String()),
  status_code: Optional(Type.Integer()),
});

export const AcceptUserCodeBody = Type.Object({ user_code: Optional(Type.String()) });

/** Reads a body by its schema. */
export type Reader<T> = (ask: Ask) => T;

/**
 * A reader for a schema. Member names match in any case and `null` stands for nothing, as Hydra's clients expect.
 *
 * @throws BadBody that names the member, for a wrong type and (where the generation refuses them) for unknown members.
 */
function reader<S extends TObject>(schema: S): Reader<Static<S>> {
  const compiled = Compile(schema);
  return (ask) => {
    const body = known(schema, readObject(ask), ask.generation.unknownMembers === 'refused', '');
    if (!compiled.Check(body)) {
      const [problem] = compiled.Errors(body);
      throw new BadBody(
        `the field '${problem?.instancePath.slice(1) || 'body'}' ${problem?.message ?? 'has the wrong type'}`,
      );
    }
    return body;
  };
}

/** The members that the schema has, under its names. */
function known(schema: TObject, body: Record<string, unknown>, strict: boolean, path: string): Record<string, unknown> {
  const names = new Map(Object.keys(schema.properties).map((name) => [name.toLowerCase(), name]));
  const out: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(body)) {
    const name = names.get(given.toLowerCase());
    if (name === undefined) {
      if (strict) throw new BadBody(`unknown field "${path}${given}"`);
      continue;
    }
    const inner = schema.properties[name];
    // `context` is raw JSON, where null is a value like any other.
    if (value === null && name !== 'context') continue;
    out[name] =
      inner && 'properties' in inner && isObject(value) ? known(inner as TObject, value, strict, `${name}.`) : value;
  }
  return out;
}

export const readAcceptLogin: Reader<Static<typeof AcceptLoginBody>> = reader(AcceptLoginBody);
export const readAcceptUserCode: Reader<Static<typeof AcceptUserCodeBody>> = reader(AcceptUserCodeBody);
const readConsent = reader(AcceptConsentBody);
const readRejectBody = reader(RejectBody);

/** @throws BadBody also for a `handled_at` that is no time; its value is not used. */
export const readAcceptConsent: Reader<Static<typeof AcceptConsentBody>> = (ask) => {
  const body = readConsent(ask);
  if (
    ask.generation.unknownMembers === 'refused' &&
    body.handled_at !== undefined &&
    fromRfc3339(body.handled_at) === undefined
  ) {
    throw new BadBody("the field 'handled_at' is no RFC 3339 time");
  }
  return body;
};

/** Hydra: the default is a sentence, though the description of the API names a code. */
export function readRejection(ask: Ask, what: 'login' | 'consent'): Rejection {
  const body = readRejectBody(ask);
  return {
    error: body.error || `${what} request denied`,
    description: body.error_description ?? '',
    hint: body.error_hint ?? '',
    debug: body.error_debug ?? '',
    status: body.status_code || 400,
  };
}
