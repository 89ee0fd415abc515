/** What a part of a graph publishes, as data: every metric is declared once, and reported through its declaration. */
import { GstIplError } from '../errors';

export type Labels = Readonly<Record<string, string>>;

export interface MetricDeclaration {
  /** Counters only grow, and their names end in `_total`; gauges go up and down; of a histogram each value that is reported counts, in buckets. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** One sentence, for Prometheus and for people. */
  readonly help: string;
  /** It counts what was lost. The losses of a node are added up: each lost thing is counted by one of them. */
  readonly loss?: true;
  /** The loss that counts the same things, too: then this one is a view of it, and is not added to it. */
  readonly partOf?: string;
}

/** By name, without the `gst_ipl_` that is published before it. */
export type MetricTable = Readonly<Record<string, MetricDeclaration>>;

/** Publishes the metrics of one table; another name is a type error. */
export type ReportOf<Table extends MetricTable> = (name: keyof Table & string, value: number, labels?: Labels) => void;

/** https://prometheus.io/docs/concepts/data_model */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Types a table by its names. Returns its argument.
 * @throws GstIplError `bad-usage` for what Prometheus would refuse, or what contradicts itself
 */
export function defineMetrics<Table extends MetricTable>(table: Table): Table {
  for (const [name, declaration] of Object.entries(table)) checkDeclaration(name, declaration, table);
  return table;
}

function checkDeclaration(name: string, { kind, help, loss, partOf }: MetricDeclaration, table: MetricTable): void {
  const refuse = (what: string, hint: string): never => {
    throw new GstIplError('bad-usage', `The metric "${name}" ${what}.`, { hint });
  };
  if (!NAME.test(name)) refuse('cannot be called that', 'Use letters, digits and underscores, as in `frames_total`.');
  if ((kind === 'counter') !== name.endsWith('_total')) refuse(`is a ${kind}`, 'Names of counters end in `_total`, those of others do not.');
  if (help.trim() === '') refuse('has no help', 'Say in one sentence what it counts or shows.');
  if (kind !== 'counter' && (loss || partOf !== undefined)) refuse(`is a ${kind}, and counts no losses`, 'Losses are counters.');
  if (partOf !== undefined && (loss || !(Object.hasOwn(table, partOf) && table[partOf]?.loss))) {
    refuse(`is a part of "${partOf}"`, '`partOf` names a loss of the same table, and stands in the place of `loss`.');
  }
}
