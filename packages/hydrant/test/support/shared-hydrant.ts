import { afterAll, beforeAll } from 'vitest';
import { type Hydrant, type HydrantOptions, startHydrant } from './start-hydrant.js';

/** One server for all tests of a file that need nothing of their own; each makes its own client and browser. */
export function sharedHydrant(options: HydrantOptions = {}): Pick<Hydrant, 'publicUrl' | 'adminUrl'> {
  let hydrant: Hydrant | undefined;
  const started = (): Hydrant => {
    if (!hydrant) throw new Error('The shared server is there within tests only.');
    return hydrant;
  };
  beforeAll(async () => {
    hydrant = await startHydrant(options);
  });
  afterAll(async () => {
    await hydrant?.close();
  });
  return {
    get publicUrl() {
      return started().publicUrl;
    },
    get adminUrl() {
      return started().adminUrl;
    },
  };
}
