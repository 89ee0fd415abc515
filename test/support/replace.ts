/** Limits and parts of a module that a test replaces while it runs. Such tests are serial: the module is everybody's. */
import type { ExecutionContext } from 'ava';

/** @param values of its exports, as they are until the test is over */
export function replace<M extends object>(t: ExecutionContext, module: M, values: { readonly [K in keyof M]?: M[K] extends number ? number : M[K] }): void {
  const names = Object.keys(values) as (keyof M)[];
  const before = names.map((name) => [name, module[name]] as const);
  t.teardown(() => Object.assign(module, Object.fromEntries(before)));
  Object.assign(module, values);
}
