import { buildInfo } from '../../build-info.js';
import type { CommandFile } from '../command.js';

/** `hydrant version`: three lines, in the columns that scripts cut out of Hydra's. */
export const version: CommandFile = {
  register(root, world) {
    root
      .command('version')
      .description('Show the version of this binary')
      .action(() => {
        const { version: release, gitHash, buildTime } = buildInfo();
        world.out(`Version:    ${release}\nGit Hash:   ${gitHash}\nBuild Time: ${buildTime}\n`);
      });
  },
};
