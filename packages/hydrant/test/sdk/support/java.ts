import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.js';

/** Why there is no Java program, or what to run it with once it is compiled. */
export type JavaProgram = { readonly missing: string } | { readonly compile: () => readonly string[] };

const source = fileURLToPath(new URL('../java', import.meta.url));

/** The program in `java/` for one release. A JDK or jars that cannot be had skip it; what does not compile is a failure. */
export function javaProgram(version: string): JavaProgram {
  const javac = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  if (javac.status !== 0) return { missing: 'there is no JDK' };
  const jars = cacheFolder(`java/hydra-client-${version}`);
  if (!existsSync(jars)) {
    const problem = getJars(version, jars);
    if (problem !== undefined) return { missing: problem };
  }
  return {
    compile() {
      const classes = cacheFolder(`java/classes-${version}`);
      const folders = ['shared', `v${version.replaceAll('.', '_')}`].map((name) => join(source, name));
      const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
      const compiled = spawnSync('javac', ['-d', classes, '-cp', `${jars}/*`, ...files], { encoding: 'utf8' });
      if (compiled.status !== 0) throw new Error(compiled.stderr);
      return ['-cp', `${classes}:${jars}/*`, 'Program'];
    },
  };
}

/** Fills the folder with the release and what it needs; why it could not, else. */
function getJars(version: string, jars: string): string | undefined {
  // Made aside and moved, so that a download which was broken off is not taken for a whole one.
  const making = `${jars}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  try {
    const options = ['-q', '-B', '-f', join(source, 'pom.xml'), `-Dhydra.version=${version}`];
    const target = ['dependency:copy-dependencies', `-DoutputDirectory=${making}`];
    const maven = spawnSync('mvn', [...options, ...target], { encoding: 'utf8', timeout: 180_000 });
    if (maven.error) return 'there is no mvn';
    if (maven.status !== 0) return `mvn does not get ${version}: ${maven.stdout.trim().split('\n')[0] ?? ''}`;
    renameSync(making, jars);
    return undefined;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}
