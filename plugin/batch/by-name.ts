const NUMBERS = new Intl.Collator('en', { numeric: true });

/** In the order of a camera's counter, also where it writes no zeros in front: `9.jpg` comes before `10.jpg`. The same on every machine. */
export const byName = (one: string, other: string): number => NUMBERS.compare(one, other) || (one < other ? -1 : Number(one > other));
