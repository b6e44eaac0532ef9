import { FetchFailure, type GuardedFetch } from '../hooks/guarded-fetch.js';
import type { ClientMetadata } from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';

/**
 * Checks every address of a client that the server itself will call later. A wrong one is refused at registration, where
 * somebody can mend it, rather than in the middle of a login.
 *
 * @throws OAuthError `invalid_client_metadata`
 */
export async function checkCalledAddresses(
  metadata: ClientMetadata,
  fetch: Pick<GuardedFetch, 'check'>,
): Promise<void> {
  const addresses: ReadonlyArray<readonly [field: string, url: string]> = [
    ['jwks_uri', metadata.jwks_uri],
    ['backchannel_logout_uri', metadata.backchannel_logout_uri],
    ...metadata.request_uris.map((url) => ['request_uris', url] as const),
  ];
  for (const [field, url] of addresses) {
    if (url === '') continue;
    await fetch.check(withoutFragment(url)).catch((failure: unknown) => {
      throw refusalOf(failure, `The field ${field} has "${url}", which the server may not call.`);
    });
  }
}

/** A registered request_uri may carry a hash of its content as fragment (OpenID Connect Core §6.2). */
function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}

/**
 * The document at `sector_identifier_uri` has to list every redirect URI, so that nobody joins the sector of somebody
 * else (OpenID Connect Core §8.1, Dynamic Registration §5). Hydra: the status of the answer is not looked at.
 *
 * @throws OAuthError `invalid_client_metadata`
 */
export async function checkSectorDocument(metadata: ClientMetadata, fetch: Pick<GuardedFetch, 'get'>): Promise<void> {
  const url = metadata.sector_identifier_uri;
  if (url === '') return;
  const { body } = await fetch.get(url).catch((failure: unknown) => {
    throw refusalOf(failure, 'The document at sector_identifier_uri could not be fetched.');
  });
  const listed = readList(body);
  if (listed === undefined) {
    throw new OAuthError(
      'invalid_client_metadata',
      'The document at sector_identifier_uri is no JSON list of redirect URIs.',
    );
  }
  const missing = metadata.redirect_uris.find((uri) => !listed.includes(uri));
  if (missing === undefined) return;
  throw new OAuthError('invalid_client_metadata', `The document at sector_identifier_uri does not list "${missing}".`);
}

function readList(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
    return isList ? value : undefined;
  } catch {
    return undefined;
  }
}

function refusalOf(failure: unknown, what: string): unknown {
  if (!(failure instanceof FetchFailure)) return failure;
  return new OAuthError('invalid_client_metadata', `${what} ${failure.message}`, { debug: failure.message });
}
