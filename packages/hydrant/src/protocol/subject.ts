import { createHash } from 'node:crypto';
import { OAuthError } from './errors.js';
import { splitUri } from './uri.js';

/** The subject as the clients of one sector see it (OpenID Connect Core §8.1): hex SHA-256 of the three texts in a row. */
export function pairwiseSubject(sector: string, subject: string, salt: string): string {
  return createHash('sha256').update(sector).update(subject).update(salt).digest('hex');
}

/**
 * The sector of a client with pairwise subjects (OpenID Connect Core §8.1). Throws `invalid_request` where it cannot be told.
 * Hydra: the whole text of `sector_identifier_uri`, where the specification wants its host; another choice would give every
 * user a new name.
 */
export function sectorOf(client: {
  readonly sector_identifier_uri?: string;
  readonly redirect_uris: readonly string[];
}): string {
  if (client.sector_identifier_uri) return client.sector_identifier_uri;
  const [only, ...others] = client.redirect_uris;
  const uri = only === undefined || others.length > 0 ? undefined : splitUri(only);
  if (uri) return uri.host;
  throw new OAuthError(
    'invalid_request',
    'The client has pairwise subjects, so it needs either a sector_identifier_uri or exactly one redirect URI.',
  );
}
