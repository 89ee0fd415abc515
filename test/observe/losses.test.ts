/** What counts as lost is declared where the counter is, and is what tables and the page add up; each lost thing once. */
import test from 'ava';
import { builtinElements, defineElement, defineMetrics, GstIplError, ONE_STREAM, type Frame, type MetricDeclaration, type MetricTable } from '../../plugin';
import { map, type Observable } from 'rxjs';
import { Metrics } from '../../plugin/core/metrics/metrics';
import { statsOf } from '../../plugin/observe/stats-table';
import { EventHistory, stateOf } from '../../plugin/preview/state';
import { observe } from '../support/preview-server';
import { load, registryWithMiddle, runToEnd } from '../support/run-graph';

const registry = builtinElements();
const tableOf = (name: string): MetricTable => registry.all().find((element) => element.name === name)?.metrics ?? {};

/** By element: its counters with what they say, and what of it was lost. */
const LOSSES: Readonly<Record<string, [reports: [name: string, value: number, labels?: Record<string, string>][], lost: number]>> = {
  sync: [
    [
      ['sync_dropped_frames_total', 4, { branch: 'a', reason: 'partnerless' }],
      ['sync_dropped_frames_total', 3, { branch: 'b', reason: 'late' }],
      ['sync_late_frames_total', 3, { branch: 'b' }],
      ['sync_skipped_sets_total', 2],
      ['sync_degraded_sets_total', 9],
      ['sync_sets_total', 50],
    ],
    7,
  ],
  alternate: [[['alternate_unused_frames_total', 2, { reason: 'uncertain' }], ['alternate_unused_frames_total', 9, { reason: 'unlocked' }], ['alternate_lock_losses_total', 1]], 11],
  ipl: [[['queue_dropped_total', 5], ['fusion_lost_sets_total', 1], ['fusion_reused_slices_total', 70]], 6],
  publish: [[['queue_dropped_total', 1], ['publish_dropped_frames_total', 30], ['published_frames_total', 8]], 31],
  record: [[['queue_dropped_total', 2], ['recording_dropped_frames_total', 120], ['recorded_segments_total', 3]], 122],
};

for (const [element, [reports, lost]] of Object.entries(LOSSES)) {
  test(`of ${element}, the table and the page count what was lost, once`, (t) => {
    const view = observe([['node', element]]);
    const report = view.reporterOf('node', tableOf(element));
    for (const [name, value, labels] of reports) report(name, value, labels);
    t.is(statsOf(view)[0]?.dropped, lost);
    const { figures } = stateOf(view, [], new EventHistory(view)) as { figures: { value: number; loss?: boolean }[] };
    t.is(figures.reduce((sum, { value, loss }) => (loss ? sum + value : sum), 0), lost);
  });
}

test('every element that has figures declares them, and what says that something was lost is a loss or a part of one', (t) => {
  for (const element of registry.all()) {
    for (const [name, { loss, partOf }] of Object.entries<MetricDeclaration>(element.metrics ?? {})) {
      if (/drop|skip|unused|late|lost_sets/.test(name)) t.true(loss === true || partOf !== undefined, `${element.name}: ${name}`);
    }
  }
});

test('a wrong declaration is refused', (t) => {
  const refused = (table: Parameters<typeof defineMetrics>[0], message: RegExp): unknown => t.throws(() => defineMetrics(table), { instanceOf: GstIplError, code: 'bad-usage', message });
  refused({ 'two words': { kind: 'gauge', help: 'A.' } }, /"two words" cannot be called that/);
  refused({ frames: { kind: 'counter', help: 'A.' } }, /"frames" is a counter/);
  refused({ a_total: { kind: 'gauge', help: 'A.' } }, /"a_total" is a gauge/);
  refused({ a: { kind: 'gauge', help: '' } }, /has no help/);
  refused({ a: { kind: 'gauge', help: 'A.', loss: true } }, /counts no losses/);
  refused({ a_total: { kind: 'counter', help: 'A.', partOf: 'b_total' } }, /is a part of "b_total"/);
  const metrics = new Metrics();
  metrics.declare({ a_total: { kind: 'counter', help: 'A.' } });
  metrics.declare({ a_total: { kind: 'counter', help: 'The same in other words.' } });
  t.throws(() => metrics.declare({ a_total: { kind: 'counter', help: 'A.', loss: true } }), { message: /declared twice/ });
});

test('an element that reports what it does not declare is stopped with a sentence', async (t) => {
  const elements = registryWithMiddle();
  elements.add(
    defineElement({
      kind: 'stage',
      name: 'careless',
      summary: '',
      input: ONE_STREAM,
      output: 'frames',
      options: {},
      metrics: { faces_total: { kind: 'counter', help: 'Faces.' } },
      example: '',
      create: (_, { report }) => ({
        connect: ([frames]) =>
          (frames as Observable<Frame>).pipe(
            map((frame) => {
              report?.('face_total', 1);
              return frame;
            }),
          ),
      }),
    }),
  );
  const { error } = await runToEnd(
    await load(
      `nodes:
         camera: { use: source, launch: "videotestsrc num-buffers=3 ! video/x-raw,width=32,height=16" }
         found: { use: careless, from: camera }
         out: { use: sink, from: found, launch: "fakesink" }`, {}, elements,
    ),
  );
  t.is(error?.message, 'Node "found" reports "face_total", which its element does not declare.');
  t.regex(error?.hint ?? '', /Did you mean "faces_total"\?/);
});
