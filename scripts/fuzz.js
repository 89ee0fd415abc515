#!/usr/bin/env node
'use strict';

/**
 * npm run fuzz: thousands of malformed graphs, launch strings, values of parameters, addresses with secrets, media files and HTTP requests; `npm test` takes some of each.
 *
 *     npm run fuzz -- [--count 3000] [--seed 0]
 */

const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { launchEnvironment } = require('../bin/environment.js');

const ROOT = join(__dirname, '..');

const { values } = parseArgs({ options: { count: { type: 'string', default: '3000' }, seed: { type: 'string', default: '0' } } });
const env = { ...launchEnvironment(), GST_IPL_FUZZ: values.count, GST_IPL_FUZZ_SEED: values.seed };
const files = ['graphs', 'launches', 'values', 'secrets', 'media'].map((name) => `test/fuzz/${name}.test.ts`);
const ava = join(ROOT, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
const { status } = spawnSync(process.execPath, [ava, '--serial', ...files, 'test/preview/fuzz.test.ts'], { cwd: ROOT, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
