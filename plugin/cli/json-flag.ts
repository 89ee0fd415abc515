/** `--json` of commands that look at something: one document on standard output, for programs. */
import type { Arguments, Flag } from './arguments';

export const JSON_FLAG: Flag = { type: 'boolean', summary: 'As JSON, for programs.' };

export function wantsJson({ flags }: Arguments): boolean {
  return flags.json === true;
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, plain, 2));
}

/** What JSON has no word for: nanoseconds, maps, no limit. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries(value as ReadonlyMap<string, unknown>);
  return value === Infinity ? null : value;
}
