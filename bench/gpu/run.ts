/**
 * The table of bench:speed for every provider, on the machine that this bundle was brought to.
 *
 *     ./run.sh [--quick] [--size 640x360]... [--provider cpu]... [--frames 8] [--json FILE]
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureInChild } from '../speed/child';
import { measureCopy } from '../speed/copy';
import { header, line, withCopies, type Row } from '../speed/rows';

interface Size {
  readonly width: number;
  readonly height: number;
}

const SIZES = ['1280x720', '1920x1080', '3840x2160', '7680x4320'];

/** onnxruntime with CUDA's provider, where it was unpacked (packages.ts). */
const CUDA = path.join(__dirname, '..', '..', '..', 'onnxruntime-cuda');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      size: { type: 'string', multiple: true },
      provider: { type: 'string', multiple: true },
      frames: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const sizes = (values.size ?? (values.quick ? SIZES.slice(1, 3) : SIZES)).map(readSize);
  const atUhd = values.quick ? 16 : 48;
  const framesOf = ({ width, height }: Size): number => Number(values.frames ?? Math.min(200, Math.max(4, Math.round((atUhd * 3840 * 2160) / (width * height)))));
  const rows: Row[] = [];
  const show = (row: Row): void => {
    const shown = withCopies(row, rows);
    rows.push(shown);
    console.log(line(shown));
  };
  console.log(header());
  for (const { width, height } of sizes) show(measureCopy(width, height, 3, 3));
  for (const provider of values.provider ?? ['cpu', 'webgpu', 'cuda']) {
    const reason = provider === 'cuda' && !existsSync(CUDA) ? 'its pieces (cuda.tar.gz.*) were not unpacked' : await measureProvider(provider, sizes, framesOf, show);
    if (reason !== undefined) console.log(`${provider}: not measured: ${reason}`);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

/** @returns why it could not be */
async function measureProvider(provider: string, sizes: readonly Size[], framesOf: (size: Size) => number, show: (row: Row) => void): Promise<string | undefined> {
  if (provider === 'cuda') process.env.GST_IPL_ONNXRUNTIME = CUDA;
  else delete process.env.GST_IPL_ONNXRUNTIME;
  // A GPU is one worker's; the other threads of a pool would wait.
  const threads = provider === 'cpu' ? [1, 2] : [1];
  try {
    for (const size of sizes) {
      const common = { ...size, exposures: 3, frames: framesOf(size), provider };
      for (const count of threads) for (const row of await measureInChild('fusion', { ...common, threads: count, sliceBands: 4, stages: count === 1 })) show(row);
      for (const row of await measureInChild('end-to-end', { ...common, threads: Math.max(...threads), chain: 'fuse', source: 'memory' })) show(row);
    }
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Of a child that failed, what it said of it: the error, and which library was not found. */
function reasonOf(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string; message: string };
  const said = [/^\w*Error: (.*)$/m, /with error: (.*)$/m].map((pattern) => pattern.exec(stderr)?.[1]).filter((text) => text !== undefined);
  return said.length > 0 ? said.join(' ') : (message.split('\n')[0] ?? '');
}

function readSize(text: string): Size {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (width === undefined || height === undefined) throw new Error(`A size is written as 3840x2160, not ${text}.`);
  return { width: Number(width), height: Number(height) };
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
