/** The name that a misspelt one most likely meant, or undefined where none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong: enough for typing errors, too few for unrelated words.
  let limit = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1);
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < limit) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

/** "Did you mean X?", or the list of what there is. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  if (near) return `Did you mean "${near}"?`;
  return candidates.length > 0 ? `There is: ${candidates.join(', ')}.` : 'There is none.';
}

/** Letters added, left out, replaced, or swapped with their neighbour (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  let earlier: number[] = [];
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  const at = (numbers: readonly number[], index: number): number => numbers[index] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    [earlier, previous, row] = [previous, row, [i]];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(earlier, j - 2) + 1 : Infinity;
      row.push(Math.min(at(previous, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
  }
  return at(row, b.length);
}
