/**
 * The login, consent, device and logout requests as the admin API moves them. Imports crypto, store interfaces, model and
 * protocol; must not know HTTP, nor which generation of the wire asks: what differs comes in as an argument.
 */
export { type ConsentInteractions, createConsentInteractions } from './consent.js';
export { createDeviceInteractions, type DeviceInteractions } from './device.js';
export { createLoginInteractions, type LoginInteractions } from './login.js';
export { createLogoutInteractions, type LogoutInteractions } from './logout.js';
