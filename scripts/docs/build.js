#!/usr/bin/env node
'use strict';

/**
 * npm run docs: docs/, SECURITY.md, CHANGELOG.md and the API of plugin/index.ts as a site, in out/docs/site. VitePress fails where a link
 * leads nowhere. With `--check` that is all that is wanted: no API, no search, nothing small.
 */

const { spawnSync } = require('node:child_process');
const { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { deadAnchors } = require('./anchors.js');
const { pageOf, pagesOf } = require('./stage.js');

const ROOT = join(__dirname, '..', '..');
const WORK = join(ROOT, 'out', 'docs');
const PAGES = join(WORK, 'pages');

function run(command, args, env = process.env) {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'node_modules', command), ...args], { cwd: ROOT, env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command} failed.`);
}

function makeApi() {
  const options = ['--entryPoints', 'plugin/index.ts', '--tsconfig', 'tsconfig.json', '--plugin', 'typedoc-plugin-markdown', '--out', join(PAGES, 'api'), '--entryFileName', 'index.md', '--readme', 'none'];
  run('typedoc/bin/typedoc', [...options, '--excludeInternal', '--excludePrivate', '--disableSources', '--hideBreadcrumbs', '--hidePageHeader', '--skipErrorChecking', '--logLevel', 'Warn', '--validation.notExported', 'false', '--validation.invalidLink', 'false', '--name', 'API']);
}

function main(check) {
  rmSync(WORK, { recursive: true, force: true });
  for (const [target, file] of Object.entries(pagesOf(ROOT))) {
    mkdirSync(join(PAGES, target, '..'), { recursive: true });
    writeFileSync(join(PAGES, target), pageOf(file, readFileSync(join(ROOT, file), 'utf8')));
  }
  cpSync(join(ROOT, 'examples', 'media', 'contact-sheet.jpg'), join(PAGES, 'contact-sheet.jpg'));
  if (!check) makeApi();
  else {
    mkdirSync(join(PAGES, 'api'));
    writeFileSync(join(PAGES, 'api', 'index.md'), '# API\n');
  }
  run('vitepress/bin/vitepress.js', ['build', 'docs'], { ...process.env, DOCS_CHECK: check ? '1' : '' });
  const dead = deadAnchors(join(WORK, 'site'));
  if (dead.length > 0) throw new Error(`These links lead to no heading:\n${dead.join('\n')}`);
  console.log(check ? 'No link is dead.' : 'The site is in out/docs/site.');
}

main(process.argv.includes('--check'));
