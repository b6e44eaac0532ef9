/** The grants of the token endpoint. To add one: a file here and a line in this list. */
import { authorizationCode } from './authorization-code.js';
import { clientCredentials } from './client-credentials.js';
import { deviceCode } from './device-code.js';
import type { Grant } from './grant.js';
import { jwtBearer } from './jwt-bearer.js';
import { refreshToken } from './refresh-token.js';

export const grants: readonly Grant[] = [authorizationCode, refreshToken, clientCredentials, deviceCode, jwtBearer];
