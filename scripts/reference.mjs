#!/usr/bin/env node
/** `npm run reference`: writes the pages that are made of something else: of the declarations of the settings, of recorded costs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, setupOrExit } from './setup.mjs';
import { statementsReference } from './statements-reference.mjs';

setupOrExit();
const { configurationReference } = await import('../packages/hydrant/dist/config/reference.js');
writeFileSync(join(root, 'docs/reference/configuration.md'), configurationReference());
writeFileSync(join(root, 'docs/reference/statements.md'), statementsReference());
