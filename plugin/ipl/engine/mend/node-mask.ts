/** Which nodes of a mask belong to something wide. Masks are of 0 and 1. */

/**
 * Nodes that what hangs on a wide part may be away from it: an arm, a leg. What is narrow by itself is the rim of a reference that is blurred, shaken or dazzled:
 * of two still real brackets, filled rims cost 3 and 7 of 100 parts of the highlights.
 */
const REACH = 4;

/** What holds three nodes by three, what hangs on it, and a node around; undefined where there is nothing. */
export function wideParts(mask: Uint8Array, columns: number, rows: number): Uint8Array | undefined {
  // Most of a picture's rows have nothing of it; one on either side is looked at for what grows there.
  const [first, last] = [mask.indexOf(1), mask.lastIndexOf(1)];
  if (first < 0) return undefined;
  const [top, bottom] = [Math.max(0, Math.floor(first / columns) - 1), Math.min(rows, Math.floor(last / columns) + 2)];
  const parts = wideRows(mask.subarray(top * columns, bottom * columns), columns, bottom - top);
  if (!parts) return undefined;
  const out = new Uint8Array(mask.length);
  out.set(parts, top * columns);
  return out;
}

function wideRows(mask: Uint8Array, columns: number, rows: number): Uint8Array | undefined {
  const core = reduced(mask, columns, rows);
  if (!core) return undefined;
  let parts: Uint8Array = core;
  for (let step = 0; step <= REACH; step += 1) {
    parts = grown(parts, columns, rows);
    for (let node = 0; node < parts.length; node += 1) parts[node] = (parts[node] ?? 0) & (mask[node] ?? 0);
  }
  return grown(parts, columns, rows);
}

/** Nodes whose eight neighbours are in the mask; there is none to be missed beyond the picture. Undefined where there is none. */
function reduced(mask: Uint8Array, columns: number, rows: number): Uint8Array | undefined {
  const out = new Uint8Array(mask.length);
  let some = false;
  for (let row = 0, node = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, node += 1) {
      if (!mask[node] || !isAmong(mask, columns, rows, column, row)) continue;
      out[node] = 1;
      some = true;
    }
  }
  return some ? out : undefined;
}

function isAmong(mask: Uint8Array, columns: number, rows: number, column: number, row: number): boolean {
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y += 1) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) if (!mask[y * columns + x]) return false;
  }
  return true;
}

/** With their eight neighbours: along rows, then along columns. */
function grown(mask: Uint8Array, columns: number, rows: number): Uint8Array {
  const across = new Uint8Array(mask.length);
  for (let row = 0; row < rows; row += 1) {
    const first = row * columns;
    for (let column = 0; column < columns; column += 1) {
      if (!mask[first + column]) continue;
      across[first + column] = 1;
      if (column > 0) across[first + column - 1] = 1;
      if (column + 1 < columns) across[first + column + 1] = 1;
    }
  }
  const out = across.slice();
  for (let node = 0; node < mask.length; node += 1) {
    if (!across[node]) continue;
    if (node >= columns) out[node - columns] = 1;
    if (node + columns < mask.length) out[node + columns] = 1;
  }
  return out;
}
