/** Everything that happens, and how often. */
import { device } from './devices.mjs';
import { abandonLogin, login, logout, refuse } from './logins.mjs';
import {
  assertion,
  clientCredentials,
  introspect,
  keyedCredentials,
  refresh,
  replay,
  revoke,
  trust,
} from './tokens.mjs';
import { replaceClient, revokeConsents, revokeLogins } from './upkeep.mjs';

/** @typedef {(world: import('../world.mjs').World) => Promise<string>} Event Resolves with what came of it. */

/** Times in an average hour, for a load of 1. @type {readonly { perHour: number, event: Event }[]} */
export const traffic = [
  { perHour: 10, event: login },
  { perHour: 3, event: abandonLogin },
  { perHour: 1.5, event: refuse },
  { perHour: 12, event: refresh },
  { perHour: 0.5, event: replay },
  { perHour: 15, event: clientCredentials },
  { perHour: 2, event: keyedCredentials },
  { perHour: 2, event: assertion },
  { perHour: 15, event: introspect },
  { perHour: 2, event: device },
  { perHour: 0.7, event: revoke },
  { perHour: 1, event: logout },
];

/** What takes things away from others, and so happens while nothing else does; at all hours alike. @type {typeof traffic} */
export const upkeep = [
  { perHour: 0.02, event: revokeConsents },
  { perHour: 0.05, event: revokeLogins },
  { perHour: 0.05, event: replaceClient },
  { perHour: 0.05, event: trust },
];
