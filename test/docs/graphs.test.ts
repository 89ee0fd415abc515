/** The graph on each element's page runs as it stands there, in an empty folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { builtinElements, parseGraphText } from '../../plugin';
import { temporaryFolder } from '../support/folder';
import { runToEnd } from '../support/run-graph';
import { ROOT } from '../setup/script';

const FOLDER = path.join(ROOT, 'docs', 'graphs');
const graphs = readdirSync(FOLDER).map((file) => path.parse(file).name);
/** A port that is free. */
const PARAMS: Record<string, Record<string, string>> = { preview: { listen: '0' } };
/** What they leave. */
const MADE: Record<string, string> = { record: 'recordings', publish: 'live/live.m3u8', sink: 'camera.mp4', sync: 'fused.mp4', source: 'frame-29.jpg' };

process.chdir(temporaryFolder());

test('each element has one', (t) => {
  t.deepEqual(graphs.sort(), builtinElements().all().map(({ name }) => name).sort());
});

for (const name of graphs) {
  test.serial(`docs/graphs/${name}.yaml`, async (t) => {
    const graph = await parseGraphText(readFileSync(path.join(FOLDER, `${name}.yaml`), 'utf8'), { params: PARAMS[name] });
    const { error, warnings } = await runToEnd(graph);
    t.is(error?.describe(), undefined);
    t.deepEqual(warnings, []);
    if (MADE[name] !== undefined) t.true(existsSync(MADE[name]), MADE[name]);
  });
}
