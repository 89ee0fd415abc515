/**
 * Work of which so much is done at a time: a machine with two processors has eighty programs that are started at once no sooner than
 * one after the other, and each of them takes so long then that those who wait for it lose their patience.
 */
export function atMost(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let begun = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (begun >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else begun += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next(); // Its turn is handed on.
      else begun -= 1;
    }
  };
}
