/** Settings of a server for a run of faults: what takes long for other reasons is made short. */
export const PATIENT: Readonly<Record<string, string>> = {
  // A long grace, so that a repeated refresh is a question of what was kept, not of how fast the machine is.
  OAUTH2_GRANT_REFRESH_TOKEN_ROTATION_GRACE_PERIOD: '5m',
  STRATEGIES_JWT_SIGNING_ALGORITHM: 'ES256',
  OAUTH2_HASHERS_ALGORITHM: 'pbkdf2',
  OAUTH2_HASHERS_PBKDF2_ITERATIONS: '1',
};
