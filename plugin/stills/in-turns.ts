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
