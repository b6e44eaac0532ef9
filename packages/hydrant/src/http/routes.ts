import type { Endpoint } from './endpoint.js';
import type { Generation } from './generation.js';

/** An endpoint at a path, in a generation of the wire. */
export interface Route<Deps> {
  readonly endpoint: Endpoint<Deps>;
  readonly path: string;
  readonly generation: Generation;
}

/** The routes of each path. */
export function byPath<Deps>(routes: readonly Route<Deps>[]): Map<string, Route<Deps>[]> {
  const map = new Map<string, Route<Deps>[]>();
  for (const route of routes) map.set(route.path, [...(map.get(route.path) ?? []), route]);
  return map;
}

/** Paths as expressions with the methods that they have, for the 405 of a known path. */
export function methodsByPath<Deps>(routes: readonly Route<Deps>[]): (readonly [RegExp, string[]])[] {
  return [...byPath(routes)].map(([path, own]) => [
    new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/:[^/]+/g, '[^/]+')}/?$`),
    own.map((route) => route.endpoint.method),
  ]);
}

/** The methods of a path; none where there is no such path. */
export function allowedMethods(methods: readonly (readonly [RegExp, string[]])[], path: string): string[] {
  return [...new Set(methods.filter(([pattern]) => pattern.test(path)).flatMap(([, own]) => own))];
}
