/** Configuration: file, environment and flags, with Hydra's keys, parsed once into a frozen value. */
export { type LoadOptions, loadConfig, withSystemSecret } from './load.js';
export { ConfigError, type Problem } from './problem.js';
export { redact, redactDsn } from './redact.js';
export { assertSafe } from './safety.js';
export { type Config, environmentName, type ListenerConfig, SETTINGS } from './sections/index.js';
export { type Setting, type Standing, standingOf } from './setting.js';
