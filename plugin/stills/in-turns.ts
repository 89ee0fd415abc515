/** Work on all of a list, `most` at a time. @returns in the list's order @throws the first failure, when what has begun is done */
export async function inTurns<T, R>(list: readonly T[], most: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const out = new Array<R>(list.length);
  let next = 0;
  const failures: unknown[] = [];
  const take = async (): Promise<void> => {
    while (next < list.length && failures.length === 0) {
      const index = next;
      next += 1;
      try {
        out[index] = await work(list[index]);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, list.length) }, take));
  if (failures.length > 0) throw failures[0];
  return out;
}

/** The same, in the list's order as far as it is done: no more than `most` are begun before the first of them is taken. */
export async function* inOrder<T, R>(list: readonly T[], most: number, work: (one: T) => Promise<R>): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  const begin = (one: T): void => {
    const result = work(one);
    result.catch(() => undefined); // Whoever takes it hears of it.
    begun.push(result);
  };
  for (const one of list) {
    const first = begun.length >= most ? begun.shift() : undefined;
    if (first) yield await first;
    begin(one);
  }
  for (const one of begun) yield await one;
}
