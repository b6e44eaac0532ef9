/**
 * The algorithms that clients sign with: assertions (RFC 7523), request objects (RFC 9101). Asymmetric only, for a client's
 * secret is kept as a hash and cannot check anything.
 */
export const CLIENT_SIGNATURE_ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512'],
  ...['PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512'],
];
