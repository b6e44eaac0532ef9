import { fileURLToPath } from 'node:url';

/** Where what other languages need is kept: beside the packages of this one, and out of the repository. */
export function cacheFolder(language: string): string {
  return fileURLToPath(new URL(`../../../../../node_modules/.cache/hydrant-${language}`, import.meta.url));
}
