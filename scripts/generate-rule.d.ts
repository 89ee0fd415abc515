/** Text by path, from the root of the repository. */
export function generated(): Record<string, string>;
