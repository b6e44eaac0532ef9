#!/usr/bin/env node
/** `npm run reference`: writes docs/reference/configuration.md from the declarations of the settings. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, setupOrExit } from './setup.mjs';

setupOrExit();
const { configurationReference } = await import('../packages/hydrant/dist/config/reference.js');
writeFileSync(join(root, 'docs/reference/configuration.md'), configurationReference());
