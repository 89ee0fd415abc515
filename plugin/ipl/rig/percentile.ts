/** @param share 0..1; @param weights of the values, all 1 without them. 0 of nothing. */
export function percentile(values: readonly number[], share: number, weights?: readonly number[]): number {
  const order = values.map((value, at) => ({ value, weight: weights?.[at] ?? 1 })).sort((a, b) => a.value - b.value);
  const whole = order.reduce((sum, { weight }) => sum + weight, 0);
  let [passed, below] = [0, order[0]];
  for (const one of order) {
    // Between two of them where the share falls on the step from one to the other, as of an even number.
    if (passed + one.weight > share * whole) return passed === share * whole && below ? (below.value + one.value) / 2 : one.value;
    passed += one.weight;
    below = one;
  }
  return order.at(-1)?.value ?? 0;
}
