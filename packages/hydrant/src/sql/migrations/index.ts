import { clientsAndKeys } from './0001-clients-and-keys.js';
import { flows } from './0002-flows.js';
import { grants } from './0003-grants.js';
import { logins } from './0004-logins.js';
import { logouts } from './0005-logouts.js';
import { devices } from './0006-devices.js';
import { trustedIssuers } from './0007-trusted-issuers.js';
import { hookClaims } from './0008-hook-claims.js';
import { clientChanges } from './0009-client-changes.js';
import { clientSecretUses } from './0010-client-secret-uses.js';
import type { Migration } from './migration.js';

export type { Migration } from './migration.js';

/** The schema, step by step, oldest first. */
export const migrations: readonly Migration[] = [
  clientsAndKeys,
  flows,
  grants,
  logins,
  logouts,
  devices,
  trustedIssuers,
  hookClaims,
  clientChanges,
  clientSecretUses,
];
