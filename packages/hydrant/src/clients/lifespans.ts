import { type ClientMetadata, type LifespanField, readClientMetadata } from '../protocol/client-metadata.js';
import { OAuthError } from '../protocol/errors.js';
import type { ClientGeneration } from './generations.js';

/** All lifespans that the generation has, `null` where the body has none. @throws OAuthError for one that is no duration. */
export function readLifespans(
  body: Readonly<Record<string, unknown>>,
  generation: ClientGeneration,
): Partial<Pick<ClientMetadata, LifespanField>> {
  const known = new Set<string>(generation.lifespans);
  // Hydra: other members are not looked at here, whatever they hold.
  const spans = Object.fromEntries(Object.entries(body).filter(([name]) => known.has(name.toLowerCase())));
  try {
    const input = readClientMetadata(spans);
    return Object.fromEntries(generation.lifespans.map((field) => [field, input[field] ?? null]));
  } catch (error) {
    throw error instanceof OAuthError ? generation.refusal(error) : error;
  }
}
