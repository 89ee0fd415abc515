/** One row of the benchmark, and how rows are shown. */

export interface Row {
  readonly case: string;
  readonly width: number;
  readonly height: number;
  readonly exposures: number;
  readonly threads: number;
  /** What computes: `cpu` (onnxruntime's provider), or the peer's name. */
  readonly provider: string;
  /** A frame. */
  readonly ms: number;
  readonly fps: number;
  /** Of the process that measured it; 0 where it was not alone in it. */
  readonly peakRssMb: number;
  /** Of the peak: what is neither frames nor the bare process. */
  readonly beyondFramesMb?: number;
  /** `ms` in copies of the same bytes. */
  readonly copies?: number;
  readonly note?: string;
}

export function makeRow(given: Omit<Row, 'fps' | 'peakRssMb'> & Partial<Row>): Row {
  return { fps: 1000 / given.ms, peakRssMb: 0, ...given };
}

/** Bytes that a fusion must at least move: all exposures in, one picture out; 8-bit 4:2:0. */
export function leastBytes({ width, height, exposures }: Pick<Row, 'width' | 'height' | 'exposures'>): number {
  return (exposures + 1) * width * height * 1.5;
}

const COLUMNS: readonly [title: string, width: number, text: (row: Row) => string][] = [
  ['case', 62, (row) => row.case],
  ['size', 11, (row) => `${row.width}x${row.height}`],
  ['K', 2, (row) => String(row.exposures)],
  ['threads', 7, (row) => String(row.threads)],
  ['provider', 8, (row) => row.provider],
  ['ms', 8, (row) => row.ms.toFixed(1)],
  ['fps', 7, (row) => (row.fps >= 1000 ? '' : row.fps.toFixed(1))],
  ['x copy', 7, (row) => row.copies?.toFixed(1) ?? ''],
  ['peak MB', 7, (row) => (row.peakRssMb > 0 ? row.peakRssMb.toFixed(0) : '')],
  ['beyond', 6, (row) => row.beyondFramesMb?.toFixed(0) ?? ''],
  ['', 0, (row) => row.note ?? ''],
];

export function header(): string {
  return COLUMNS.map(([title, width], index) => (index === 0 ? title.padEnd(width) : title.padStart(width))).join(' ');
}

export function line(row: Row): string {
  return COLUMNS.map(([, width, text], index) => {
    const shown = text(row);
    return index === 0 || width === 0 ? shown.padEnd(width) : shown.padStart(width);
  }).join(' ').trimEnd();
}

/** In copies of the same bytes, where that copy was measured. */
export function withCopies(row: Row, rows: readonly Row[]): Row {
  const floor = rows.find(({ provider, width, height, exposures }) => {
    return provider === 'memcpy' && width === row.width && height === row.height && exposures === row.exposures;
  });
  return floor ? { ...row, copies: row.ms / floor.ms } : row;
}

/** The middle one; times on a shared machine have long tails. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Greatest resident memory of this process so far, in MB. */
export const peakMb = (): number => process.resourceUsage().maxRSS / 1024;
