/**
 * What the fusion costs, stage by stage and whole, beside its peers and the floor.
 *
 *     npm run bench:speed [-- --quick] [-- --json FILE]
 *
 * Builds dist/ first where it is not current: what is measured is what users run. Whatever memory is told of is measured in
 * a process of its own.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { casesOf, type Case } from './cases';
import { measureInChild } from './child';
import { measureCopy } from './copy';
import { measurePeers } from './peers';
import { header, line, withCopies, type Row } from './rows';
import { measureStart } from './start';

// A plain script, without types.
// oxlint-disable-next-line typescript/no-require-imports
const { ensureBuild } = require('../../scripts/setup/build.js') as { ensureBuild(): Promise<void> };

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
  await ensureBuild();
  const rows: Row[] = [];
  console.log(header());
  for (const given of casesOf(values.quick)) {
    const found = await rowsOf(given);
    for (const row of found) {
      const shown = withCopies(row, rows);
      rows.push(shown);
      console.log(line(shown));
    }
  }
  compare(rows);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

async function rowsOf(given: Case): Promise<Row[]> {
  switch (given.kind) {
    case 'copy':
      return [measureCopy(given.width, given.height, given.exposures, given.rounds)];
    case 'fusion':
      return measureInChild('fusion', given.settings);
    case 'reuse':
      return measureInChild('reuse', given.settings);
    case 'end-to-end':
      return measureInChild('end-to-end', given.settings);
    case 'peers':
      return measurePeers(given.width, given.height, given.exposures, given.rounds, (text) => console.log(text));
    case 'start':
      return [await measureStart(given.width, given.height, given.exposures, given.rounds)];
  }
}

/** Peers against the fusion with all threads, in one sentence each. */
function compare(rows: readonly Row[]): void {
  for (const peer of rows.filter(({ provider }) => provider === 'peer')) {
    const ours = rows
      .filter((row) => row.case.startsWith('fusion, memory to memory') && row.provider === 'cpu' && !row.case.includes('still'))
      .filter(({ width, height, exposures }) => width === peer.width && height === peer.height && exposures === peer.exposures)
      .sort((a, b) => a.ms - b.ms)[0];
    if (ours) console.log(`${(peer.ms / ours.ms).toFixed(0)} times as fast as ${peer.case.replace('peer: ', '')} at ${peer.width}x${peer.height}`);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
