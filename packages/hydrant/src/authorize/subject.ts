import type { Client } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import { pairwiseSubject, sectorOf } from '../protocol/subject.js';
import type { SubjectStore } from '../store/index.js';

export interface SubjectOptions {
  readonly subjects: SubjectStore;
  readonly pairwise: { readonly enabled: boolean; readonly salt: string };
}

/** Whether this client knows people under names of its own (OpenID Connect Core §8). */
export function isPairwise(client: Client, { pairwise }: SubjectOptions): boolean {
  return pairwise.enabled && client.metadata.subject_type === 'pairwise';
}

/**
 * A person as this client knows them: themselves, a pairwise identifier, or what the login app forced. `forced` is what
 * it forced just now. @throws OAuthError `invalid_request` where the client's sector cannot be told.
 */
export async function subjectAt(
  client: Client,
  subject: string,
  forced: string,
  options: SubjectOptions,
): Promise<string> {
  if (!isPairwise(client, options)) return subject;
  if (forced !== '') return forced;
  const before = await options.subjects.find(client.id, subject);
  if (before !== undefined) return before;
  if (options.pairwise.salt === '')
    throw new OAuthError('misconfiguration', 'Pairwise subjects need oidc.subject_identifiers.pairwise.salt.');
  return pairwiseSubject(sectorOf(sectorInput(client)), subject, options.pairwise.salt);
}

function sectorInput({ metadata }: Client): Parameters<typeof sectorOf>[0] {
  const base = { redirect_uris: metadata.redirect_uris };
  return metadata.sector_identifier_uri ? { ...base, sector_identifier_uri: metadata.sector_identifier_uri } : base;
}
