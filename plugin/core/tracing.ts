/**
 * Spans of OpenTelemetry, for who brings an SDK (docs/monitoring.md). Only `@opentelemetry/api` is used, which prom-client brings anyway,
 * and it is not loaded before tracing is started; off, each place costs one comparison.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { GstIplError, messageOf } from './errors';
import { version } from './package-version';
import { redact } from './secrets/redact';

type Api = typeof import('@opentelemetry/api');

interface Tracing {
  readonly api: Api;
  readonly tracer: Tracer;
  /** How many of the frames have a span. */
  readonly share: number;
  /** What started this process: the span of a job, for that of its still. */
  readonly origin: Context;
  readonly current: AsyncLocalStorage<Span>;
  frames: number;
}

let tracing: Tracing | undefined;

/**
 * Gives spans to jobs, stills, and a share of fused frames, from now on. An SDK is registered before or after.
 * @param share 0 to 1: all frames of three cameras are thousands of spans a minute
 * @throws GstIplError `bad-usage`
 */
export function startTracing(share = 1): void {
  if (!(share >= 0 && share <= 1)) throw new GstIplError('bad-usage', `Traces are of a share of the frames from 0 to 1, not of ${share}.`);
  const api = loadApi();
  tracing = { api, tracer: api.trace.getTracer('gst-ipl', version()), share, origin: originIn(api, process.env), current: new AsyncLocalStorage(), frames: 0 };
}

/** What comes next belongs to another span than that which started this process. @param environment of `traceEnvironment` */
export function continueTrace(environment: Readonly<Record<string, string | undefined>>): void {
  if (tracing) tracing = { ...tracing, origin: originIn(tracing.api, environment) };
}

function originIn({ propagation, ROOT_CONTEXT }: Api, { TRACEPARENT: traceparent, TRACESTATE: tracestate }: Readonly<Record<string, string | undefined>>): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent, tracestate });
}

/** No spans from now on. */
export function stopTracing(): void {
  tracing = undefined;
}

/** Does the work within a span, where there are any. @param attributes without secrets */
export function traced<T>(name: string, attributes: () => Attributes, work: () => Promise<T>): Promise<T> {
  return tracing ? within(tracing, name, attributes(), work) : work();
}

/** The same of a frame: of the share that was asked for. */
export function tracedFrame<T>(name: string, attributes: () => Attributes, work: () => Promise<T>): Promise<T> {
  if (!tracing) return work();
  const { share } = tracing;
  tracing.frames += 1;
  const due = Math.floor(tracing.frames * share) > Math.floor((tracing.frames - 1) * share);
  return due ? within(tracing, name, attributes(), work) : work();
}

/** Says more of the span that is being worked in. */
export function annotateSpan(attributes: () => Attributes): void {
  if (tracing) tracing.current.getStore()?.setAttributes(attributes());
}

/** Environment by which a process that is started now goes on with the span. */
export function traceEnvironment(): Record<string, string> {
  const carrier: Record<string, string> = {};
  if (!tracing) return carrier;
  tracing.api.propagation.inject(contextOf(tracing), carrier);
  return Object.fromEntries(Object.entries(carrier).map(([name, value]) => [name.toUpperCase(), value]));
}

/** Resolves when spans are where they should be, or nobody takes them: a process that exits waits for it. */
export async function flushTraces(): Promise<void> {
  if (!tracing) return;
  const proxy = tracing.api.trace.getTracerProvider() as { getDelegate?(): { forceFlush?(): Promise<void> } };
  const flushed = proxy.getDelegate?.().forceFlush?.().catch(() => undefined);
  await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, FLUSH_MS).unref())]);
}

/** A collector that is away must not keep a command from ending. */
const FLUSH_MS = 2_000;

async function within<T>({ api, tracer, ...more }: Tracing, name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  const parent = contextOf({ api, tracer, ...more });
  const span = tracer.startSpan(name, { attributes }, parent);
  try {
    return await api.context.with(api.trace.setSpan(parent, span), () => more.current.run(span, work));
  } catch (error) {
    span.setStatus({ code: api.SpanStatusCode.ERROR, message: redact(messageOf(error)) });
    throw error;
  } finally {
    span.end();
  }
}

/** Within a span of ours, of somebody else's, or of the process that started this one. */
function contextOf({ api, current, origin }: Tracing): Context {
  const own = current.getStore();
  const active = api.context.active();
  if (own) return api.trace.setSpan(active, own);
  return api.trace.getSpan(active) ? active : origin;
}

/** Only where it is used: everybody else would load it for nothing. */
function loadApi(): Api {
  // oxlint-disable-next-line typescript/no-require-imports -- within a function, and at once
  return require('@opentelemetry/api') as Api;
}
