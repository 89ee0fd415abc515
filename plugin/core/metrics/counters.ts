/** Counts by name and labels, and publishes every new count. */
import type { Labels, MetricTable, ReportOf } from './metric-table';

export class Counters<Table extends MetricTable> {
  readonly #report: ReportOf<Table> | undefined;
  readonly #counts = new Map<string, number>();

  /** @param zeros names without labels that are published from the start, so that a rate shows the first one */
  constructor(report: ReportOf<Table> | undefined, ...zeros: readonly (keyof Table & string)[]) {
    this.#report = report;
    for (const name of zeros) report?.(name, 0);
  }

  /** @returns the new count */
  count(name: keyof Table & string, labels?: Labels): number {
    const key = labels ? `${name} ${Object.values(labels).join(' ')}` : name;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    this.#report?.(name, count, labels);
    return count;
  }
}
