/**
 * Device authorization (RFC 8628): the endpoint that a device asks, and the one where its person's browser comes to.
 * What a user code opens is in `interactions/device.ts`, what the device gets in `grants/device-code.ts`. Imports authorize's
 * visits, client-auth, crypto, store interfaces, model and protocol; must not know HTTP.
 */
export { createDeviceAuthorization, type DeviceAuthorization } from './request-codes.js';
export { createDeviceVerification, type DeviceOutcome, type DeviceVerification } from './verify.js';
