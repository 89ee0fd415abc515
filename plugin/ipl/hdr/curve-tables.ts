/** Tables of a curve, made once: that takes a millisecond, and elements of several curves may share a thread. */
import { curveOf, type CurveName } from './curves';
import { CODE_ERROR } from './merge-numbers';
import { errorTable, lightTable } from './tables';

export interface CurveTables {
  /** Light, and what CODE_ERROR is in light there, of each entry. */
  readonly light: Float32Array;
  readonly error: Float32Array;
}

const kept = new Map<CurveName, CurveTables>();

export function tablesOf(name: CurveName): CurveTables {
  const last = kept.get(name);
  if (last) return last;
  const curve = curveOf(name);
  const tables = { light: lightTable(curve), error: errorTable(curve, CODE_ERROR) };
  kept.set(name, tables);
  return tables;
}
