/** When sets that lack branches are a condition of the graph, and when they are an accident. */
import test from 'ava';
import type { GraphEvent } from '../../plugin';
import { Conditions } from '../../plugin/core/metrics/conditions';
import { healthOf } from '../../plugin/observe/health';
import { statsOf, statsTable } from '../../plugin/observe/stats-table';
import { DegradedShare } from '../../plugin/sync/degraded-share';
import { load } from '../support/run-graph';

/** @param lacks which sets, by their numbers @returns when it began and ended, in seconds */
function simulate(seconds: number, rate: number, lacks: (set: number) => boolean): string[] {
  let now = 0;
  const told: string[] = [];
  const conditions = new Conditions(({ state, message }) => told.push(`${Math.round(now / 1000)} ${state} ${message}`), () => now);
  const share = new DegradedShare((name, settings) => conditions.of(name, settings), 3, () => now);
  for (let set = 0; set < seconds * rate; set += 1) {
    now = (set * 1000) / rate;
    share.count(lacks(set));
    conditions.tick();
  }
  conditions.close();
  return told;
}

test('many degraded sets are told with their share, and that they are whole again', (t) => {
  const told = simulate(60, 30, (set) => set >= 600 && set < 1200 && set % 18 !== 0);
  t.is(told.length, 2, told.join('\n'));
  t.regex(told[0] ?? '', /^2[89] begins 1\d\d of 1\d\d sets of the last 5 s \(9\d %\) were made of fewer exposures than there are branches \(3\)\.$/);
  t.regex(told[1] ?? '', /^4\d ends The sets are whole again: \d of 1\d\d sets of the last 5 s \(\d %\) lacked a branch\. \(after 1\d\.\d s\)$/);
});

test('single missing frames are no condition, at any rate, and neither is a slow start', (t) => {
  t.deepEqual(simulate(120, 30, (set) => set % 15 === 0), [], 'One in fifteen.');
  t.deepEqual(simulate(120, 1, (set) => set % 11 === 5), []);
  t.deepEqual(simulate(60, 30, (set) => set < 20), [], 'One camera came two thirds of a second later.');
});

test('a share around the limit is told once', (t) => {
  const told = simulate(120, 30, (set) => set % (Math.floor(set / 300) % 2 === 0 ? 8 : 13) === 0);
  t.deepEqual(told.map((line) => line.split(' ')[1]), ['begins', 'lasts'], told.join('\n'));
});

test('late: degrade with a camera that loses most frames: health, log, table and figures say so', async (t) => {
  const camera = 'videotestsrc is-live=true num-buffers=190 ! video/x-raw,format=I420,width=128,height=96,framerate=20/1';
  const graph = await load(`nodes:
    whole: { use: source, launch: "${camera}" }
    holes: { use: source, launch: "${camera} ! identity drop-probability=0.9" }
    set: { use: sync, from: [whole, holes], late: degrade, wait: 60ms }
    fused: { use: ipl, from: set, provider: cpu, threads: 1 }
    out: { use: sink, from: fused, launch: "fakesink" }`);
  const running = graph.run();
  const events: GraphEvent[] = [];
  const seen: { health?: ReturnType<typeof healthOf>; table?: string } = {};
  await new Promise<void>((resolve, reject) => {
    running.events.subscribe({
      next: (event) => {
        events.push(event);
        if (event.type !== 'warning' || event.condition?.name !== 'degraded') return;
        seen.health = healthOf(running.view);
        seen.table = statsTable(statsOf(running.view));
      },
      error: reject,
      complete: resolve,
    });
  });
  const reason = /^Node "set": \d+ of \d+ sets of the last 5 s \(\d\d %\) were made of fewer exposures than there are branches \(2\)\.$/;
  t.is(seen.health?.status, 'degraded');
  t.true(seen.health?.serving);
  t.true(seen.health?.reasons.some((text) => reason.test(text)), seen.health?.reasons.join('\n'));
  t.regex(seen.table ?? '', /^set: \d+ of \d+ sets of the last 5 s/m);
  const { metrics } = running.view;
  const made = (exposures: string): number => metrics.get('gst_ipl_fusion_pictures_total', { node: 'fused', exposures });
  const sets = metrics.get('gst_ipl_sync_sets_total', { node: 'set' });
  t.is(made('1'), metrics.get('gst_ipl_sync_degraded_sets_total', { node: 'set' }));
  t.is(made('1') + made('2'), sets);
  t.true(made('1') > sets / 2, `${made('1')} of ${sets}`);
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  t.true(warnings.length <= 4, `${metrics.get('gst_ipl_sync_silences_total', { node: 'set', branch: 'holes' })} silences:\n${warnings.join('\n')}`);
});
