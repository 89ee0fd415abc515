/** Spans of OpenTelemetry: none where nobody asks, of a share of the frames, and of jobs and stills. */
import { setTimeout as later } from 'node:timers/promises';
import { propagation, trace, TraceFlags } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import test from 'ava';
import { lastValueFrom, toArray } from 'rxjs';
import { ipl, sources, startTracing, stopTracing, sync } from '../../plugin';
import { performJob } from '../../plugin/batch/perform-job';
import { annotateSpan, flushTraces, traced, tracedFrame, traceEnvironment } from '../../plugin/core/tracing';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

/** As that of the W3C, by one word. */
propagation.setGlobalPropagator({
  fields: () => ['traceparent'],
  inject: (from, carrier: Record<string, string>) => {
    const { traceId, spanId } = trace.getSpanContext(from) ?? {};
    if (traceId) carrier.traceparent = `${traceId}.${spanId}`;
  },
  extract: (into, carrier: Record<string, string | undefined>) => {
    const [traceId, spanId] = carrier.traceparent?.split('.') ?? [];
    return traceId && spanId ? trace.setSpanContext(into, { traceId, spanId, traceFlags: TraceFlags.SAMPLED }) : into;
  },
});

const none = (): Record<string, string> => ({});

test.beforeEach(() => exporter.reset());
test.afterEach.always(() => stopTracing());

test.serial('off, work is done as without, and nobody is asked for attributes', (t) => {
  const work = Promise.resolve(1);
  const never = (): never => t.fail();
  t.is(traced('a', never, () => work), work);
  t.is(tracedFrame('a', never, () => work), work);
  annotateSpan(never);
  t.deepEqual(traceEnvironment(), {});
});

test.serial('of frames, a share that is spread evenly; a share that is none is refused', async (t) => {
  startTracing(0.25);
  for (let frame = 0; frame < 12; frame += 1) await tracedFrame('f', () => ({ frame }), async () => undefined);
  t.deepEqual(exporter.getFinishedSpans().map(({ attributes }) => attributes.frame), [3, 7, 11]);
  t.throws(() => startTracing(2), { code: 'bad-usage' });
});

test.serial('a span is its work\'s: what is in it, how it failed, and no secret', async (t) => {
  startTracing();
  const work = async (): Promise<void> => {
    await later(1);
    annotateSpan(() => ({ more: 1 }));
    await traced('inner', none, () => later(1));
    throw new Error('rtsp://a:geheim@h/ is away');
  };
  await t.throwsAsync(Promise.all([traced('outer', none, work), traced('other', none, () => later(5))]));
  await later(10);
  const spans = new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));
  t.deepEqual([...spans.keys()].sort(), ['inner', 'other', 'outer']);
  t.is(spans.get('inner')?.parentSpanContext?.spanId, spans.get('outer')?.spanContext().spanId);
  t.deepEqual([spans.get('outer')?.attributes, spans.get('other')?.attributes], [{ more: 1 }, {}]);
  t.like(spans.get('outer')?.status, { code: 2, message: 'rtsp://***@h/ is away' });
  await flushTraces();
});

test.serial('a process that is started within a span goes on with it', async (t) => {
  startTracing();
  const passed = await traced('job', none, async () => traceEnvironment());
  const [job] = exporter.getFinishedSpans();
  t.is(passed.TRACEPARENT, `${job?.spanContext().traceId}.${job?.spanContext().spanId}`);
  Object.assign(process.env, passed);
  startTracing();
  delete process.env.TRACEPARENT;
  await traced('still', none, async () => undefined);
  t.is(exporter.getFinishedSpans()[1]?.parentSpanContext?.spanId, job?.spanContext().spanId);
});

test.serial('fused frames have the times of their stages; a job says how it went', async (t) => {
  startTracing(0.5);
  const camera = 'videotestsrc num-buffers=4 ! video/x-raw,format=I420,width=64,height=48,framerate=10/1';
  const { a, b } = sources({ a: camera, b: `${camera} ! videobalance brightness=0.2` });
  const frames = await lastValueFrom(sync([a, b]).pipe(ipl({ provider: 'cpu', threads: 1 }), toArray()));
  t.is(frames.length, 4);
  const fused = exporter.getFinishedSpans();
  t.deepEqual(fused.map(({ name }) => name), ['gst_ipl.fuse', 'gst_ipl.fuse']);
  t.deepEqual(fused.map(({ attributes }) => attributes['gst_ipl.running_time']), [0.1, 0.3]);
  t.like(fused[0]?.attributes, { 'gst_ipl.node': 'ipl', 'gst_ipl.exposures': 2, 'gst_ipl.missing': 0 });
  for (const part of ['statistics', 'wait', 'network', 'blend']) t.is(typeof fused[0]?.attributes[`gst_ipl.${part}_ms`], 'number', part);
  exporter.reset();
  const job = { id: 'a'.repeat(32), kind: 'photographs', inputs: ['x.jpg', 'y.jpg'], output: 'x.jpg' } as unknown as Parameters<typeof performJob>[0];
  const { state } = await performJob(job, { command: [], signal: new AbortController().signal });
  t.is(state, 'failed');
  t.like(exporter.getFinishedSpans()[0], { name: 'gst_ipl.job', attributes: { 'gst_ipl.inputs': 2, 'gst_ipl.state': 'failed' } });
});
