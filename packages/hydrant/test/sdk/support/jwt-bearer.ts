import { assertionClaims, type Signer } from './signer.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The token endpoint's answer to an assertion about somebody (RFC 7523 §2.1); no SDK has a parameter for it. */
export async function assertSubject(
  publicUrl: string,
  { clientId, issuer, subject, signer }: { clientId: string; issuer: string; subject: string; signer: Signer },
): Promise<{ status: number; access_token?: string }> {
  const claims = assertionClaims({ iss: issuer, sub: subject, aud: `${publicUrl}/oauth2/token` });
  const authorization = `Basic ${Buffer.from(`${clientId}:photos-secret`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: GRANT, assertion: signer.jwt(claims), scope: 'photos.read' });
  const answer = await fetch(`${publicUrl}/oauth2/token`, { method: 'POST', headers: { authorization }, body });
  return { status: answer.status, ...JSON.parse(await answer.text()) };
}

export const JWT_BEARER_GRANT: string = GRANT;
