/** Where fusion runs. */
import { GstIplError } from '../../core/errors';
import { suggestion } from '../../core/nearest';
import { textOption } from '../../core/options';

export const providerOption = textOption({
  summary: 'Where fusion runs: `auto`, `cpu`, `webgpu`, `cuda`, or another provider that onnxruntime lists.',
  default: 'auto',
  defaultText: 'auto: a GPU where there is one that works, gives the frame that the CPU gives, and is faster; otherwise the CPU',
});

/** Providers that need no look at onnxruntime, which takes its time to load. */
const ALWAYS = ['auto', 'cpu'];

/** @throws GstIplError `bad-option` */
export function requireKnownProvider(provider: string): void {
  if (ALWAYS.includes(provider)) return;
  // oxlint-disable-next-line typescript/no-require-imports -- only now
  const { knownProviders } = require('./candidates') as typeof import('./candidates');
  const names = [...new Set([...ALWAYS, ...knownProviders()])];
  if (names.includes(provider)) return;
  throw new GstIplError('bad-option', `this onnxruntime has no provider "${provider}".`, { hint: suggestion(provider, names) });
}
