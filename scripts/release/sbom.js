#!/usr/bin/env node
'use strict';

/**
 * Writes sbom.cdx.json (CycloneDX), the bill of materials that the package
 * carries: what it needs at work, by the lockfile, so for every platform.
 * `npm pack` and `npm publish` write it anew; so does the test of it.
 */

const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { productionPackages } = require('./production.js');

const ROOT = join(__dirname, '..', '..');
const SBOM = 'sbom.cdx.json';

/** npm's own `--omit dev` leaves out what both the work and the development need (npm 11.19: jiti, semver): so all, and less of it here. */
function makeSbom(packages) {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const sbom = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'inherit'] }));
  const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const kept = new Set([`${name}@${version}`, ...packages.map((one) => `${one.name}@${one.version}`)]);
  sbom.metadata.component.name = name; // npm takes the folder's.
  sbom.components = sbom.components.filter((component) => kept.has(component['bom-ref']));
  sbom.dependencies = sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  return sbom;
}

/** What is wrong with it, in sentences: a package that is not in it, or that has no licence. */
function faultsOf(sbom, packages) {
  if (sbom.bomFormat !== 'CycloneDX' || !Array.isArray(sbom.components)) return ['It is no CycloneDX bill of materials.'];
  const found = new Map(sbom.components.map((component) => [component['bom-ref'], component]));
  return packages.flatMap(({ name, version }) => {
    const component = found.get(`${name}@${version}`);
    if (component === undefined) return [`${name} ${version} is missing.`];
    return (component.licenses ?? []).some(({ license, expression }) => license?.id || license?.name || expression) ? [] : [`${name} ${version} has no licence.`];
  });
}

function writeSbom() {
  const packages = productionPackages(ROOT);
  const sbom = makeSbom(packages);
  const faults = faultsOf(sbom, packages);
  if (faults.length > 0) throw new Error(`The bill of materials is not right. ${faults.join(' ')}`);
  writeFileSync(join(ROOT, SBOM), `${JSON.stringify(sbom, null, 2)}\n`);
}

module.exports = { faultsOf, writeSbom };

if (require.main === module) writeSbom();
