/** Damaged launch strings: GStreamer refuses them in a process of its own, and a sentence says why. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { probeFragments } from '../../plugin/gstreamer/probe/probe';
import { ROOT } from '../support/command';
import { fuzzCount, fuzzSeed } from '../support/fuzz';
import { Mutator } from './mutate';

const GRAPHS = readdirSync(path.join(ROOT, 'graphs'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(path.join(ROOT, 'graphs', name), 'utf8'));

test('hundreds of damaged launch strings, a sentence for each that is refused', async (t) => {
  const count = fuzzCount(400);
  t.timeout(600_000 + count * 500);
  const mutator = new Mutator(fuzzSeed(7));
  const originals = GRAPHS.flatMap((text) => [...text.matchAll(/launch: "([^"]+)"/g)].map(([, launch]) => launch ?? '')).filter((launch) => launch !== '');
  const tokens = [' ! ', '!', '"', '\\', '=', '(', ')', '.', ':', 'name=a', 'a.', 'queue', 'video/x-raw', ',width=', '(int)', '99999999999', '-1', '%n', '{', '}', '[', ']', ' '];
  const launches = Array.from({ length: count }, () => mutator.text(mutator.pick(originals), tokens).replace(/\$\{\w+\}/g, 'x'));
  const probed = [];
  for (let at = 0; at < launches.length; at += 50) {
    const some = launches.slice(at, at + 50);
    probed.push(...(await probeFragments(some.map((launch) => ({ launch, hasInput: false, hasOutput: false })))));
  }
  const refused = probed.filter(({ findings }) => findings.length > 0);
  t.is(probed.length, launches.length);
  t.true(refused.length > count / 4, `${refused.length}`);
  t.true(refused.every(({ findings }) => findings.every(({ message }) => message.length > 10)));
});
