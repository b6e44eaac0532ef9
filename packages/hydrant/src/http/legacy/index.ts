/** The un-prefixed paths of the first generation: the same handlers, another `Generation`. */
import type { AdminDeps } from '../admin/index.js';
import type { LegacyPath } from '../endpoint.js';
import { legacyClients } from './clients.js';
import { legacyInteractions } from './interactions.js';
import { legacyKeys } from './keys.js';
import { legacyService } from './service.js';
import { legacyTokens } from './tokens.js';
import { legacyTrust } from './trust.js';

export const legacyPaths: readonly LegacyPath<AdminDeps>[] = [
  ...legacyInteractions,
  ...legacyClients,
  ...legacyKeys,
  ...legacyTokens,
  ...legacyTrust,
  ...legacyService,
];
