/** Which operations an SDK offers, and which of them the tests called: the difference is what nobody looked at. */
export interface Calls {
  /** The same API, which notes what is called of it. */
  of<T extends object>(api: T): T;
  /** Operations of the package's API classes that were called on none; sorted. */
  missed(): string[];
}

export function watchCalls(packageOfSdk: object): Calls {
  const offered = operationsOf(packageOfSdk);
  const called = new Set<string>();
  return {
    of: (api) =>
      new Proxy(api, {
        get(target, name, receiver) {
          called.add(String(name));
          return Reflect.get(target, name, receiver);
        },
      }),
    missed: () => offered.filter((name) => !called.has(name)),
  };
}

/** The methods of all API classes that a generated package exports. */
function operationsOf(packageOfSdk: object): string[] {
  const classes = Object.entries(packageOfSdk).flatMap(([name, value]) => (/Api$/.test(name) ? [value] : []));
  const names = classes.flatMap((api) => Object.getOwnPropertyNames(api.prototype));
  return [...new Set(names)].filter((name) => name !== 'constructor').sort();
}
