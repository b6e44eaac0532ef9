/** npm `@ory/hydra-client` 1.9.1, 1.10.6 and 1.11.8, unmodified: every operation that each offers, with its effect. */
import { describe, expect, test } from 'vitest';
import { additions } from './first-additions.js';
import { flows } from './first-flows.js';
import { records } from './first-records.js';
import { FIRST_SDKS } from './first-sdks.js';
import { firstWorld } from './first-world.js';

describe.for(FIRST_SDKS)('@ory/hydra-client $version', (sdk) => {
  const world = firstWorld(sdk, { settings: { OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' } });
  records(world);
  flows(world);
  additions(world);

  // Comes last: it looks back on what the others called.
  test('no operation that it offers was left out', () => {
    expect(world.watched.missed()).toEqual([]);
  });
});
