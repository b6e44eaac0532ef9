import { CREDENTIAL_FORMAT } from '../../tokens/credential.js';
import { readObject } from '../body.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { PublicDeps } from './deps.js';
import { bearerToken } from './userinfo.js';

/** Verifiable credentials (OpenID for Verifiable Credential Issuance, the draft that Hydra 2 has). */
export const credentials: Endpoint<Pick<PublicDeps, 'credentials'>> = defineEndpoint({
  operation: 'createVerifiableCredential',
  method: 'POST',
  path: '/credentials',
  errors: 'service',
  cors: true,

  async handle(ask, { credentials }) {
    const response = await credentials.issue(await bearerToken(ask), () => readObject(ask));
    if (response.kind === 'credential') return json({ format: CREDENTIAL_FORMAT, credential_draft_00: response.jwt });
    const missing = {
      error: 'missing_proof',
      error_description: 'The request needs a proof of possession; put the nonce into it.',
      // Hydra: another name of the format than everywhere else.
      format: 'jwt_vc',
      c_nonce: response.nonce,
      c_nonce_expires_in: response.expiresIn,
    };
    return json(missing, 400);
  },
});
