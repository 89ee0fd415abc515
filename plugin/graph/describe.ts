/** What a plan will do, as text, Mermaid or Graphviz DOT. */
import type { OptionTable } from '../core/options';
import { publicValue } from '../core/secrets/public-value';
import { redact } from '../core/secrets/redact';
import type { CheckedGraph } from './checked-graph';
import type { Plan } from './plan';

/** @param detail quiet: no options; normal: those that are not as by default; verbose: all */
export function describePlan(plan: Plan, detail: 'quiet' | 'normal' | 'verbose' = 'verbose'): string {
  const lines: string[] = [];
  for (const pipeline of [...plan.pipelines].reverse()) {
    lines.push(`GStreamer pipeline "${pipeline.name}" (${pipeline.nodes.join(', ')})`);
    lines.push(...pipeline.readable.split('\n').map((line) => `    ${line}`), '');
  }
  for (const stage of plan.stages) {
    lines.push(`Stage "${stage.name}" (${stage.element.name}) reads ${stage.from.join(', ')}`);
    const known = stage.element.options as OptionTable;
    const options = Object.entries(stage.options).filter(([name, value]) => detail === 'verbose' || (detail === 'normal' && value !== known[name]?.fallback));
    for (const [name, value] of options) lines.push(`    ${name}: ${value === '' ? 'none' : show(value)}`);
    lines.push('');
  }
  return redact(lines.join('\n').trimEnd());
}

/** The same as data. Without secrets. */
export function planData({ pipelines, stages }: Plan): Record<string, unknown> {
  const shown = (options: object): Record<string, unknown> => Object.fromEntries(Object.entries(options).map(([name, value]) => [name, JSON.parse(JSON.stringify(value, plain) ?? 'null') as unknown]));
  return {
    pipelines: [...pipelines].reverse().map(({ name, nodes, readable }) => ({ name, nodes, launch: redact(readable) })),
    stages: stages.map(({ name, element, from, options }) => ({ name, element: element.name, from, options: shown(options) })),
  };
}

export function toMermaid(graph: CheckedGraph): string {
  const lines = graph.nodes.map(({ name, element }) => {
    const label = `"${name}<br/>${element.name}"`;
    return `  ${name}${element.kind === 'fragment' ? `(${label})` : `[[${label}]]`}`;
  });
  return ['flowchart LR', ...lines, ...edges(graph, '-->').map((edge) => `  ${edge}`)].join('\n');
}

export function toDot(graph: CheckedGraph): string {
  const lines = graph.nodes.map(({ name, element }) => {
    const shape = element.kind === 'fragment' ? 'box, style=rounded' : 'component';
    return `  ${name} [label="${name}\\n${element.name}", shape=${shape}];`;
  });
  return ['digraph gst_ipl {', '  rankdir=LR;', ...lines, ...edges(graph, '->').map((edge) => `  ${edge};`), '}'].join('\n');
}

function edges(graph: CheckedGraph, arrow: string): string[] {
  return graph.nodes.flatMap(({ name, from }) => from.map((input) => `${input} ${arrow} ${name}`));
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return `${Number(value) / 1e6} ms`;
  if (value === undefined) return 'by default';
  return typeof value === 'string' ? publicValue(value) : JSON.stringify(value, plain);
}

/** What JSON has no word for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'string') return show(value);
  if (value instanceof Map) return Object.fromEntries(value as ReadonlyMap<string, unknown>);
  return value === Infinity ? 'without end' : value;
}
