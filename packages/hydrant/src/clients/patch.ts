/** A JSON Patch (RFC 6902) of a client: the document that it sees, and the members that are not its to change. */
import type { Client } from '../model/client.js';
import { LIFESPAN_FIELDS } from '../protocol/client-metadata.js';
import { formatGoDuration } from '../protocol/duration.js';
import { OAuthError } from '../protocol/errors.js';
import type { ClientGeneration } from './generations.js';
import { applyPatch, type PatchOperation, type Pointer, readPatch } from './json-patch.js';

/**
 * Hydra: guards `/id` only, so that by `/client_id` one client can be written over another. Names count in any case, as
 * they do in bodies.
 */
const GUARDED: ReadonlySet<string> = new Set([
  ...['id', 'client_id', 'created_at', 'updated_at', 'client_secret_expires_at'],
  ...['registration_access_token', 'registration_client_uri'],
]);

/** @throws OAuthError 400 for what is no patch, or one of something that only the server writes. */
export function readClientPatch(document: unknown, generation: ClientGeneration): PatchOperation[] {
  return inWordsOf(generation, () => {
    const operations = readPatch(document, generation.patch);
    for (const operation of operations) {
      if (operation.op !== 'test') checkTarget(operation.path);
      if (operation.op === 'move') checkTarget(operation.from);
    }
    return operations;
  });
}

function checkTarget([member]: Pointer): void {
  if (member === undefined) throw refuse('A client cannot be patched as a whole. Name the members to change.');
  if (GUARDED.has(member.toLowerCase())) throw refuse(`The member ${member} of a client cannot be changed.`);
}

/** The body of a replacement that says the same as the client after the patch. @throws OAuthError 400 where it cannot be applied. */
export function patchClient(
  client: Client,
  operations: readonly PatchOperation[],
  generation: ClientGeneration,
): Readonly<Record<string, unknown>> {
  return inWordsOf(generation, () => {
    const patched = applyPatch(documentOf(client), operations, generation.patch);
    // The document as a whole is guarded, so it still is an object.
    return Object.fromEntries(Object.entries(patched ?? {}));
  });
}

/**
 * Every field with its value, set or not, so that a patch may replace or extend it. Hydra: shows the hash of the secret to
 * the patch, which only helps those who want to test guesses; empty text stands for a secret that stays as it is.
 */
function documentOf({ id, metadata }: Client): Record<string, unknown> {
  const lifespans = LIFESPAN_FIELDS.map((field) => {
    const span = metadata[field];
    return [field, span === null ? null : formatGoDuration(span)];
  });
  return {
    client_id: id,
    client_secret: '',
    ...metadata,
    jwks: metadata.jwks ?? {},
    ...Object.fromEntries(lifespans),
  };
}

function inWordsOf<T>(generation: ClientGeneration, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof OAuthError ? generation.refusal(error) : error;
  }
}

function refuse(hint: string): OAuthError {
  return new OAuthError('The request was malformed or contained invalid parameters', hint);
}
