/** What the soak found, as a table. */
import type { MemorySample } from './memory';

export interface FaultRecord {
  readonly kind: string;
  readonly branch: string;
  /** From the end of the fault to the next set with all exposures of one instant; Infinity where none came. */
  readonly seconds: number;
  readonly allowed: number;
}

/** Above this, something waited nearly all the time: more is asked of the machine than it has. */
const BUSY = 0.9;

export interface SoakReport {
  readonly minutes: number;
  readonly size: string;
  readonly rate: number;
  readonly seed: number;
  /** The camera that was not there. */
  readonly down: string | undefined;
  /** Share of the time in which something on this machine waited for a processor. */
  readonly pressure: number | undefined;
  readonly failure: string | undefined;
  readonly faults: readonly FaultRecord[];
  readonly fused: number;
  readonly warnings: number;
  readonly lost: number;
  readonly restored: number;
  readonly sets: number;
  readonly completeSets: number;
  readonly degradedSets: number;
  readonly wrongPairings: number;
  /** By how many instants, and how often. */
  readonly wrongBy: Readonly<Record<string, number>>;
  readonly unreadablePictures: number;
  readonly memoryMegabytes: { readonly median: number; readonly growthPercent: number; readonly allowedPercent: number; readonly samples: readonly MemorySample[] };
}

/** @returns whether every figure was reached */
export function printReport(report: SoakReport): boolean {
  const { memoryMegabytes: memory, faults } = report;
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  console.log(`\nfault     times  slowest recovery  stated`);
  for (const kind of kinds) {
    const those = faults.filter((fault) => fault.kind === kind);
    const slowest = Math.max(...those.map(({ seconds }) => seconds));
    console.log(`${kind.padEnd(9)} ${String(those.length).padStart(5)}  ${`${slowest.toFixed(1)} s`.padStart(16)}  ${those[0]?.allowed} s`);
  }
  const lines: [what: string, value: string, reached: boolean][] = [
    ['no crash', report.failure ?? 'none', report.failure === undefined],
    ['pictures fused', String(report.fused), report.fused > 0],
    ['faults recovered in time', `${faults.filter(({ seconds, allowed }) => seconds <= allowed).length} of ${faults.length}`, faults.length > 0 && faults.every(({ seconds, allowed }) => seconds <= allowed)],
    ['wrong pairings', `${report.wrongPairings} of ${report.sets} sets (${report.completeSets} complete, ${report.degradedSets} degraded)`, report.wrongPairings === 0 && report.completeSets > 0],
    ['memory', `${memory.median.toFixed(0)} MB, ${memory.growthPercent >= 0 ? '+' : ''}${memory.growthPercent.toFixed(1)} % (at most ${memory.allowedPercent} %)`, memory.growthPercent <= memory.allowedPercent],
  ];
  console.log();
  for (const [what, value, reached] of lines) console.log(`${reached ? 'reached' : 'MISSED '}  ${what}: ${value}`);
  const { pressure = 0 } = report;
  if (pressure > BUSY) console.log(`\nFor ${(pressure * 100).toFixed(0)} % of the time something waited for a processor: what came late may be the machine's fault. Run it again on an idle one.`);
  return lines.every(([, , reached]) => reached);
}
