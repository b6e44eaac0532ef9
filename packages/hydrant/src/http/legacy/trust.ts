import {
  deleteTrustedIssuer,
  getTrustedIssuer,
  listTrustedIssuers,
  type TrustAdmin,
  trustIssuer,
} from '../admin/trusted-issuers.js';
import type { LegacyPath } from '../endpoint.js';

const ISSUERS = '/trust/grants/jwt-bearer/issuers';

/** `/trust` without prefix: Hydra 1.11 has it, Hydra 1.7 has no such operation. */
export const legacyTrust: readonly LegacyPath<TrustAdmin>[] = [
  { operation: 'trustJwtGrantIssuer', path: ISSUERS, endpoint: trustIssuer },
  { operation: 'listTrustedJwtGrantIssuers', path: ISSUERS, endpoint: listTrustedIssuers },
  { operation: 'getTrustedJwtGrantIssuer', path: `${ISSUERS}/:id`, endpoint: getTrustedIssuer },
  { operation: 'deleteTrustedJwtGrantIssuer', path: `${ISSUERS}/:id`, endpoint: deleteTrustedIssuer },
];
