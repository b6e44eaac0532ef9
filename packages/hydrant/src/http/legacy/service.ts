import { getVersion } from '../admin/get-version.js';
import { isAlive } from '../admin/is-alive.js';
import { isReady, type Readiness } from '../admin/is-ready.js';
import type { LegacyPath } from '../endpoint.js';

/** Health and version without prefix, where both generations have them. */
export const legacyService: readonly LegacyPath<Readiness & { readonly version: string }>[] = [
  { operation: 'isInstanceAlive', path: '/health/alive', endpoint: isAlive },
  { operation: 'isInstanceReady', path: '/health/ready', endpoint: isReady },
  { operation: 'getVersion', path: '/version', endpoint: getVersion },
];
