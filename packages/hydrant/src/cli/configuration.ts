import type { Command } from 'commander';
import { type Config, loadConfig } from '../config/index.js';
import type { World } from './command.js';

/** Flags that name configuration files: repeatable, or with commas, as in Hydra. */
export function addConfigFlag(command: Command): Command {
  return command.option(
    '-c, --config <files>',
    'configuration file (.yaml, .yml, .json); may be repeated, later ones win key by key',
    (text: string, files: readonly string[] = []) => [...files, ...text.split(',').filter((file) => file !== '')],
  );
}

/** What was given for a flag here or at any parent. */
export function flag<T>(command: Command, name: string, is: (value: unknown) => value is T): T | undefined {
  const value: unknown = command.optsWithGlobals()[name];
  return is(value) ? value : undefined;
}

export const isTrue = (value: unknown): value is boolean => typeof value === 'boolean';
export const isText = (value: unknown): value is string => typeof value === 'string';
export const isTexts = (value: unknown): value is string[] => Array.isArray(value);

/** The files of `--config`, those given at the root (Hydra 1.7's place for the flag) first. */
function configFiles(command: Command): string[] {
  const files: string[] = [];
  for (let level: Command | null = command; level; level = level.parent) {
    const own: unknown = level.opts().config;
    if (Array.isArray(own)) files.unshift(...own);
  }
  return files;
}

/**
 * The configuration for a command. `flags` are settings that were given as flags, `undefined` where they were not.
 * Throws `ConfigError`.
 */
export function configFor(
  command: Command,
  world: World,
  options: {
    readonly purpose: 'serve' | 'migrate';
    readonly flags?: Readonly<Record<string, unknown>>;
    readonly dsn?: string | undefined;
  },
): Config {
  const flags = Object.fromEntries(Object.entries(options.flags ?? {}).filter(([, value]) => value !== undefined));
  return loadConfig({
    files: configFiles(command),
    flags,
    env: world.env,
    forced: options.dsn === undefined ? {} : { dsn: options.dsn },
    command: options.purpose,
  });
}
