/** The shape of a JSON Web Key (RFC 7517 §4, RFC 7518 §6) and the order in which its members are written. */

/** A key as stored and sent: base64url texts, nothing computed. What {@link parseJwk} let through or `generateJwk` made. */
export interface Jwk {
  readonly use?: string;
  readonly kty: string;
  readonly kid?: string;
  readonly crv?: string;
  readonly alg?: string;
  readonly k?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
  readonly d?: string;
  readonly p?: string;
  readonly q?: string;
  readonly dp?: string;
  readonly dq?: string;
  readonly qi?: string;
  /** Certificates in standard base64 DER, that of the key first (RFC 7517 §4.7). */
  readonly x5c?: readonly string[];
  readonly x5u?: string;
  readonly x5t?: string;
  readonly 'x5t#S256'?: string;
}

/** Hydra: members of the public half, in the order in which its JSON has them. */
const PUBLIC_MEMBERS = [
  'use',
  'kty',
  'kid',
  'crv',
  'alg',
  'x',
  'y',
  'n',
  'e',
  'x5c',
  'x5u',
  'x5t',
  'x5t#S256',
] as const;

/** Hydra: all members, in the order in which its JSON has them. */
export const JWK_MEMBERS: readonly (keyof Jwk)[] = [
  ...PUBLIC_MEMBERS.slice(0, 5),
  'k',
  ...PUBLIC_MEMBERS.slice(5, 9),
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  ...PUBLIC_MEMBERS.slice(9),
];

type Writable = { -readonly [M in keyof Jwk]: Jwk[M] };

/** The named members of a key that have a value, in Hydra's order: `use` and `kty` come first. */
function pick(source: Jwk, members: readonly (keyof Jwk)[]): Jwk {
  const picked: Writable = source.use ? { use: source.use, kty: source.kty } : { kty: source.kty };
  for (const member of members) copyMember(picked, source, member);
  return picked;
}

function copyMember<M extends keyof Jwk>(target: Writable, source: Jwk, member: M): void {
  const value: Writable[M] = source[member];
  if (value !== undefined && value.length > 0) target[member] = value;
}

/** A copy with its members in Hydra's order and without empty ones. */
export function orderedJwk(source: Jwk): Jwk {
  return pick(source, JWK_MEMBERS);
}

/** The members that anybody may see. */
export function publicMembers(source: Jwk): Jwk {
  return pick(source, PUBLIC_MEMBERS);
}
