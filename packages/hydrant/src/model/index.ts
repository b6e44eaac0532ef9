/**
 * The records of Hydrant and their stages, with the pure transitions between them.
 *
 * Imports `protocol/` alone. Knows no HTTP, SQL, clock or randomness: times and identifiers come in as values.
 */
export * from './client.js';
export * from './device.js';
export * from './flow.js';
export * from './json-web-key.js';
export * from './login-session.js';
export * from './logout.js';
export * from './token.js';
export * from './token-family.js';
export * from './token-hook.js';
export * from './trusted-issuer.js';
