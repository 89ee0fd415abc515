/** Where fusion runs. */
import { textOption } from '../../core/options';

export const providerOption = textOption({
  summary: 'Where fusion runs: `auto`, `cpu`, `webgpu`, `cuda`, or another provider that onnxruntime lists.',
  default: 'auto',
  defaultText: 'auto: a GPU where there is one that works, gives the CPU path\'s picture and is faster; otherwise the CPU',
});
