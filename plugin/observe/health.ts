/** Whether a graph does its work, in the words of supervisors: ready, degraded, dead. */
import type { GraphView, NodeView } from '../core/graph-view';
import { redact } from '../core/redact';

/**
 * - `starting`: no picture has come yet;
 * - `ready`: every node gives pictures;
 * - `degraded`: the outputs get pictures, but a node gives none (a camera is lost, say), or something is wrong with what it
 *   gives: a condition that degrades (../core/conditions.ts);
 * - `dead`: no output gets pictures. The graph may come back by itself while it is not `over`.
 */
export type HealthStatus = 'starting' | 'ready' | 'degraded' | 'dead';

export interface Health {
  readonly status: HealthStatus;
  /** Pictures come out: what a load balancer or a readiness probe asks. */
  readonly serving: boolean;
  /** It has ended or failed and will not come back: what a liveness probe asks. */
  readonly over: boolean;
  /** Sentences without secrets; empty when ready. */
  readonly reasons: readonly string[];
}

export function healthOf(view: GraphView): Health {
  const health = (status: HealthStatus, over: boolean, reasons: readonly string[]): Health => {
    return { status, serving: status === 'ready' || status === 'degraded', over, reasons: reasons.map(redact) };
  };
  if (view.phase === 'failed') return health('dead', true, [view.reason ?? 'The graph failed.']);
  if (view.phase === 'ended') return health('dead', true, ['The graph has ended.']);
  if (view.phase === 'starting') return health('starting', false, ['No picture has come yet.']);
  const nodes = view.nodes();
  const idle = nodes.filter(({ phase }) => phase !== 'running');
  const wrong = nodes.flatMap(({ name, conditions }) => conditions.filter(({ degrades }) => degrades).map(({ message }) => `Node "${name}": ${message}`));
  const reasons = [...idle.map(sentence), ...wrong];
  if (reasons.length === 0) return health('ready', false, []);
  const outputs = nodes.filter(({ name }) => !nodes.some(({ from }) => from.includes(name)));
  const delivering = outputs.some(({ phase }) => phase === 'running');
  // Between the first picture out of GStreamer and the first fused one.
  if (!delivering && outputs.every(({ phase }) => phase === 'waiting')) return health('starting', false, reasons);
  return health(delivering ? 'degraded' : 'dead', false, reasons);
}

function sentence({ name, phase, reason }: NodeView): string {
  const words = { waiting: 'has given no picture yet', silent: 'is silent', lost: 'is lost', ended: 'has ended', failed: 'failed', running: 'runs' };
  return `Node "${name}" ${words[phase]}${reason ? `: ${reason}` : '.'}`;
}
