/** Some rows of every map of statistics, where they lie: `cells` values of each from `start` on, a map every `stride`. */
export interface MapRows {
  readonly values: Float32Array;
  readonly start: number;
  readonly stride: number;
  readonly maps: number;
  readonly cells: number;
}

/** The rows of one map, without a copy. */
export function rowsOfMap({ values, start, stride, cells }: MapRows, map: number): Float32Array {
  const from = start + map * stride;
  return values.subarray(from, from + cells);
}

/** Copies the rows of all maps, one after the other. @param into [maps, cells] */
export function gatherRows(rows: MapRows, into: Float32Array): void {
  for (let map = 0; map < rows.maps; map += 1) into.set(rowsOfMap(rows, map), map * rows.cells);
}
