/** npm `@ory/hydra-client` 2.1.1, 2.2.0, 25.4.0 and 26.2.0, unmodified: every operation that each offers, with its effect. */
import { describe, expect, test } from 'vitest';
import { additions } from './second-additions.js';
import { deviceSettings, devices } from './second-devices.js';
import { flows } from './second-flows.js';
import { records } from './second-records.js';
import { SECOND_SDKS } from './second-sdks.js';
import { secondWorld } from './second-world.js';

describe.for(SECOND_SDKS)('@ory/hydra-client $version', (sdk) => {
  const world = secondWorld(sdk, {
    settings: { ...deviceSettings, OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true' },
  });
  records(world);
  flows(world);
  additions(world);
  devices(world);

  // Comes last: it looks back on what the others called.
  test('no operation that it offers was left out', () => {
    expect(world.watched.missed()).toEqual([]);
  });
});
