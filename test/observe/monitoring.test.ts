/** What supervisors and logs are told: health, Prometheus text, log lines, tables; and `gst-ipl run` telling it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GraphError, GstIplError } from '../../plugin';
import { healthOf } from '../../plugin/observe/health';
import { colouredError, defaultFormat, entriesOfError, entryOf, formatEntry, showsColour, type LogEntry } from '../../plugin/observe/log';
import { readLogFilter } from '../../plugin/observe/log-filter';
import { prometheusText } from '../../plugin/observe/prometheus';
import { statsOf, statsTable } from '../../plugin/observe/stats-table';
import { startProgram, ROOT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { syncMetrics } from '../../plugin/sync/metrics';
import { makeFrame } from '../support/frames';
import { until } from '../support/peers';
import { observe } from '../support/preview-server';

const NODES: Parameters<typeof observe>[0] = [['under', 'source'], ['over', 'source'], ['set', 'sync', 'under', 'over'], ['out', 'sink', 'set']];

test('health: starting, ready, degraded, dead, each with its reasons', async (t) => {
  const view = observe(NODES);
  const status = (): string => {
    const { status: word, serving, over } = healthOf(view);
    return `${word}${serving ? ' serving' : ''}${over ? ' over' : ''}`;
  };
  t.is(status(), 'starting');
  view.onEvent({ type: 'started', duration: undefined });
  view.arrived('under', makeFrame(0));
  view.arrived('over', makeFrame(0));
  t.is(status(), 'starting', 'Nothing has come out yet.');
  view.emitted('set', makeFrame(0));
  t.is(status(), 'ready serving');
  t.deepEqual(healthOf(view).reasons, []);
  view.onEvent({ type: 'source-lost', node: 'over', reason: 'No route to rtsp://a:b@c/.', attempt: 1, delay: 0n });
  t.is(status(), 'degraded serving');
  t.deepEqual(healthOf(view).reasons, ['Node "over" is lost: No route to rtsp://***@c/.']);
  view.onEvent({ type: 'source-restored', node: 'over', attempts: 2, downtime: 1_500_000_000n });
  t.is(status(), 'ready serving');
  const tired = view.conditions.of('set').of('tired', { holds: true, degrades: true });
  view.conditions.of('set').of('harmless', { holds: true }).raise('It hums.');
  tired.raise('It is tired of rtsp://a:b@c/.');
  t.is(status(), 'degraded serving');
  t.deepEqual(healthOf(view).reasons, ['Node "set": It is tired of rtsp://***@c/.']);
  t.regex(await prometheusText(view), /^gst_ipl_node_condition\{node="set",condition="tired"\} 1$/m);
  tired.end();
  t.is(status(), 'ready serving');
  view.ended('set', new GstIplError('worker-failed', 'The worker died.'));
  t.is(status(), 'dead');
  t.deepEqual(healthOf(view).reasons, ['Node "set" failed: The worker died.', 'Node "out" failed: The worker died.']);
  view.finish(new GstIplError('worker-failed', 'The worker died.'));
  t.is(status(), 'dead over');
});

test('Prometheus reads every line: names, labels with any text, counters, gauges and histograms', async (t) => {
  const view = observe(NODES);
  view.emitted('set', makeFrame(0));
  const report = view.reporterOf('set', syncMetrics);
  report('sync_late_frames_total', 3, { branch: 'a "b"\\\nc' });
  report('sync_branch_offset_seconds', Infinity);
  const lines = (await prometheusText(view)).split('\n').filter((line) => line !== '');
  const types = new Map<string, string>();
  for (const line of lines) {
    // As `promtool check metrics` wants it.
    t.false(/^# TYPE \w+_total (?!counter)/.test(line), line);
    const [, name, type] = /^# TYPE ([a-zA-Z_][\w]*) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      t.false(types.has(name), `${name} comes in one block.`);
      types.set(name, type);
    } else if (!line.startsWith('# HELP ')) {
      const sample = /^([a-zA-Z_]\w*)(\{([a-z_]\w*="(?:[^"\\\n]|\\["\\n])*"(,|(?=\})))+\})? (Nan|[+-]Inf|-?[\d.]+(e[+-]?\d+)?)$/.exec(line);
      t.truthy(sample, line);
      t.true(types.has((sample?.[1] ?? '').replace(/_(bucket|sum|count)$/, '')) || types.has(sample?.[1] ?? ''), line);
    }
  }
  t.is(types.get('gst_ipl_sync_late_frames_total'), 'counter');
  t.is(types.get('gst_ipl_frames_per_second'), 'gauge');
  for (const name of types.keys()) t.is(lines.filter((line) => line.startsWith(`# HELP ${name} `)).length, 1, `${name} is explained once.`);
  t.true(lines.includes('gst_ipl_sync_late_frames_total{node="set",branch="a \\"b\\"\\\\\\nc"} 3'));
  t.true(lines.includes('gst_ipl_sync_branch_offset_seconds{node="set"} +Inf'));
  t.true(lines.includes('gst_ipl_frames_total{node="set"} 1'));
  t.true(lines.includes('gst_ipl_ready 0'));
  t.is(types.get('gst_ipl_latency_seconds'), 'histogram');
  t.true(lines.includes('gst_ipl_latency_seconds_count{node="set"} 1'));
  t.true(lines.includes('gst_ipl_latency_seconds_bucket{le="+Inf",node="set"} 1'));
  t.true(lines.some((line) => line.startsWith('gst_ipl_build_info{version="') && line.endsWith('} 1')));
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) t.is(types.get(name), 'gauge');
});

test('a log line is a sentence or an object, without secrets', (t) => {
  const lost = { type: 'source-lost', node: 'under', reason: 'No route to rtsp://a:geheim@c/.', attempt: 2, delay: 1_500_000_000n } as const;
  const entry = entryOf(lost);
  if (!entry) return t.fail();
  t.is(formatEntry(entry, 'pretty'), 'Warning: under: The source is lost (No route to rtsp://***@c/.); it is started again in 1.5 s, attempt 2.');
  const line: unknown = JSON.parse(formatEntry(entry, 'json', { now: new Date(0) }));
  t.like(line, { time: '1970-01-01T00:00:00.000Z', level: 'warning', event: 'source-lost', node: 'under', reason: 'No route to rtsp://***@c/.', attempt: 2, delay: 1.5 });
  t.is(entryOf({ type: 'frame', node: 'a', runningTime: 0n, duration: 0n }), undefined);
  const problems = [{ code: 'bad-graph', message: 'One.' }, { code: 'bad-option', message: 'Two.', hint: 'Do.', place: { file: 'g.yaml', line: 3 } }] as const;
  const entries = entriesOfError(new GraphError(problems)).map((problem) => JSON.parse(formatEntry(problem, 'json')) as object);
  t.like(entries[1], { level: 'error', code: 'bad-option', message: 'Two.', hint: 'Do.', file: 'g.yaml', line: 3 });
  t.is(defaultFormat({ isTTY: true }, {}), 'pretty');
  t.is(defaultFormat({}, {}), 'json');
  t.is(defaultFormat({}, { GST_IPL_LOG: 'pretty' }), 'pretty');
});

test('the table has a line for each node', (t) => {
  const view = observe(NODES);
  view.arrived('under', makeFrame(0));
  view.emitted('set', makeFrame(0));
  const report = view.reporterOf('set', syncMetrics);
  report('sync_dropped_frames_total', 2, { branch: 'over', reason: 'partnerless' });
  report('sync_dropped_frames_total', 3, { branch: 'over', reason: 'late' });
  report('sync_late_frames_total', 3, { branch: 'over' });
  report('sync_skipped_sets_total', 1);
  const [head = '', ...rows] = statsTable(statsOf(view)).split('\n');
  t.regex(head, /^node +state +frames +fps +latency +dropped +queued +warnings$/);
  t.deepEqual(rows.map((row) => row.split(/ +/)[0]), ['under', 'over', 'set', 'out']);
  t.regex(rows[2] ?? '', /^set +running +1 +1\.0 +\d+ ms +5$/);
  t.regex(rows[1] ?? '', /^over +waiting$/);
});

test('run tells a log of JSON lines what happens, and serves figures and health', async (t) => {
  const graph = path.join(temporaryFolder(), 'graph.yaml');
  writeFileSync(graph, 'nodes:\n  camera: { use: source, launch: "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=30/1" }\n' +
    '  half: { use: filter, from: camera, launch: "videoscale ! video/x-raw,width=32,height=24" }\n' +
    '  page: { use: preview, from: half, listen: 0 }\n');
  const { child, finished } = startProgram([path.join(ROOT, 'bin', 'gst-ipl.js'), 'run', graph, '--metrics', '0', '--stats', '--log', 'json']);
  t.teardown(() => child.kill('SIGKILL'));
  const entries: { level: string; event: string; message: string; nodes?: { node: string; frames: number }[] }[] = [];
  let rest = '';
  const has = (found: (entry: (typeof entries)[number]) => boolean): Promise<(typeof entries)[number] | undefined> =>
    new Promise((resolve) => {
      const poll = (): void => {
        const entry = entries.find(found);
        if (entry || child.exitCode !== null) resolve(entry);
        else setTimeout(poll, 50);
      };
      poll();
    });
  child.stderr?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) entries.push(JSON.parse(line) as (typeof entries)[number]);
  });
  const said = await has(({ message }) => message.startsWith('Metrics are at '));
  const [, url = ''] = /at (http:\S+)metrics/.exec(said?.message ?? '') ?? [];
  await has(({ event }) => event === 'started');
  // The page takes its first picture a little later.
  await until(async () => (await (await fetch(`${url}health`)).text()).startsWith('{"status":"ready"'));
  t.is((await fetch(`${url}health`)).status, 200);
  t.is((await fetch(`${url}health/live`)).status, 200);
  t.regex(await (await fetch(`${url}metrics`)).text(), /^gst_ipl_frames_total\{node="half"\} [1-9]\d*$/m);
  t.is((await fetch(url)).status, 404, 'No page without a preview.');
  const stats = await has(({ event }) => event === 'stats');
  t.true((stats?.nodes?.find(({ node }) => node === 'half')?.frames ?? 0) > 0);
  child.kill('SIGTERM');
  const { code, stderr } = await finished;
  t.is(code, 0, stderr);
  t.deepEqual(entries.slice(-2).map(({ event }) => event), ['finishing', 'ended']);
  t.regex(entries.at(-1)?.message ?? '', /^graph\.yaml: [1-9]\d* frames in /, 'What reached the page counts.');
});

test('levels: the least that is written, of single nodes another; what is no level is named', (t) => {
  const filter = readLogFilter('warning, cam1=debug,out = error');
  const admitted = (level: LogEntry['level'], node?: string): boolean => filter.admits({ level, node });
  t.deepEqual([admitted('info'), admitted('warning'), admitted('warning', 'other')], [false, true, true]);
  t.deepEqual([admitted('debug', 'cam1'), admitted('warning', 'out'), admitted('error', 'out')], [true, false, true]);
  t.true(readLogFilter('cam1=debug').admits({ level: 'info', node: undefined }));
  for (const [text, problem] of [['loud', /"loud" is no log level/], ['infos', /"infos".*[^]*/], ['info,debug', /twice/], ['a=info,a=debug', /twice of "a"/], ['a=', /"a=" is no/]] as const) {
    t.throws(() => readLogFilter(text), { message: problem });
  }
  t.is(t.throws<GstIplError>(() => readLogFilter('debgu')).hint, 'Did you mean "debug"?');
});

test('colour: on terminals that show it, of what needs somebody and of what is well again', (t) => {
  const entry = (level: LogEntry['level'], details = {}): LogEntry => ({ level, event: 'x', node: 'a', message: 'It is so.', details });
  const shown = (one: LogEntry): string => formatEntry(one, 'pretty', { colour: true });
  t.deepEqual([shown(entry('warning')), shown(entry('error')), shown(entry('info', { state: 'ends' })), shown(entry('info'))],
    ['\x1b[33mWarning: a: It is so.\x1b[39m', '\x1b[31ma: It is so.\x1b[39m', '\x1b[32ma: It is so.\x1b[39m', 'a: It is so.']);
  t.is(formatEntry(entry('warning'), 'pretty'), 'Warning: a: It is so.');
  t.is(colouredError('g.yaml:1:2: Wrong.\n    Do this.'), '\x1b[31mg.yaml:1:2: Wrong.\x1b[39m\n    Do this.');
  t.deepEqual([showsColour({ isTTY: true, hasColors: () => true }), showsColour({ isTTY: true, hasColors: () => false }), showsColour({ hasColors: () => true })], [true, false, false]);
});
