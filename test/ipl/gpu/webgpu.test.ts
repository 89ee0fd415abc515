/** WebGPU without a GPU: on SwiftShader, Chromium's software Vulkan driver, in a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { TYPESCRIPT } from '../../support/command';

const DRIVER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** SwiftShader compiles a hundred shaders first; on a busy machine that takes minutes. */
const PATIENCE = 15 * 60_000;

test('webgpu on SwiftShader gives PyTorch\'s pictures, of limited range, too; of 10 bits and of HDR the kernels\'', async (t) => {
  t.timeout(PATIENCE);
  if (!existsSync(DRIVER)) return t.fail(`${DRIVER} is missing: apt-get install chromium (npm test does so)`);
  const env = { ...process.env, VK_ICD_FILENAMES: DRIVER, VK_DRIVER_FILES: DRIVER };
  const child = spawn(process.execPath, [...TYPESCRIPT, path.join(__dirname, 'gpu-child.ts'), 'webgpu', '', '2', '4', 'deep'], { env });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  t.is(code, 0, output);
  const lines = output.trim().split('\n').map((line) => JSON.parse(line) as { sceneCut: boolean; beyondOne: number; most: number; says?: string });
  const pictures = lines.slice(0, 6);
  t.deepEqual(lines.slice(6).map(({ says }) => says), ['the kernels\' picture', 'the kernels\' picture'], output);
  for (const { beyondOne, most } of pictures) t.true(beyondOne <= 0.001 && most <= 2, output);
  t.deepEqual(pictures.map(({ sceneCut }) => sceneCut), [false, false, true, false, false, true]);
});
