import { deleteTokens } from '../admin/delete-tokens.js';
import { flushTokens } from '../admin/flush-tokens.js';
import { getMetrics } from '../admin/get-metrics.js';
import type { AdminDeps } from '../admin/index.js';
import { introspectToken } from '../admin/introspect-token.js';
import type { LegacyPath } from '../endpoint.js';

/** Token operations and metrics without prefix; `flush` exists here only. */
export const legacyTokens: readonly LegacyPath<AdminDeps>[] = [
  { operation: 'introspectOAuth2Token', path: '/oauth2/introspect', endpoint: introspectToken },
  { operation: 'flushInactiveOAuth2Tokens', path: '/oauth2/flush', endpoint: flushTokens },
  { operation: 'deleteOAuth2Token', path: '/oauth2/tokens', endpoint: deleteTokens },
  { operation: 'prometheus', path: '/metrics/prometheus', endpoint: getMetrics },
];
