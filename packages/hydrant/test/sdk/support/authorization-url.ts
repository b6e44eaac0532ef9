import { createHash, randomBytes } from 'node:crypto';

/** The address that a client sends the browser to (RFC 6749 §4.1.1), with a fresh state. */
export function authorizationUrl(publicUrl: string, clientId: string, params: Record<string, string> = {}): URL {
  const url = new URL('/oauth2/auth', publicUrl);
  const state = randomBytes(12).toString('hex');
  url.search = new URLSearchParams({ response_type: 'code', client_id: clientId, state, ...params }).toString();
  return url;
}

/** A PKCE pair with S256 (RFC 7636 §4.2). */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The claims of a JWT, not verified. */
export function claimsOf(jwt: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt?.split('.')[1] ?? '', 'base64url').toString());
}
