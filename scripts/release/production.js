'use strict';

/** The packages that an installed gst-ipl needs at work, by the lockfile: for every platform, whatever is installed here. */

const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

function productionPackages(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path !== '' && !dev && !link)
    .map(([path, { version, license }]) => ({ path, name: path.replace(/^.*node_modules\//, ''), version, license }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The texts of licences and notices in a package's own folder; empty where it has none, or is not installed. */
function licenceTexts(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|notice|copying|copyright|thirdparty)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/\r\n/g, '\n').trim());
}

module.exports = { licenceTexts, productionPackages };
