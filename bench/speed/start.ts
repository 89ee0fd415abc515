/** From the start of `gst-ipl run` to the first fused picture. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeRow, median, type Row } from './rows';

const POLL_MS = 5;

const ROOT = path.join(__dirname, '..', '..');

/** The sink writes the first picture to a file; its first byte is the end of the start. */
export async function measureStart(width: number, height: number, exposures: number, rounds: number): Promise<Row> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-bench-'));
  try {
    const file = path.join(folder, 'graph.json');
    const out = path.join(folder, 'fused.raw');
    writeFileSync(file, graphOf(width, height, exposures, out));
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await startOnce(file, out));
    return makeRow({ case: 'gst-ipl run to the first fused picture', width, height, exposures, threads: 0, provider: 'cpu', ms: median(times), fps: 0 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function startOnce(graph: string, out: string): Promise<number> {
  rmSync(out, { force: true });
  const start = performance.now();
  const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'gst-ipl.js'), 'run', graph], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  return new Promise((resolve, reject) => {
    let first: number | undefined;
    const watch = setInterval(() => {
      if (existsSync(out) && statSync(out).size > 0) first ??= performance.now() - start;
    }, POLL_MS);
    child.once('close', (code) => {
      clearInterval(watch);
      if (first === undefined) reject(new Error(`gst-ipl run ended with ${code} before a picture came: ${complaints}`));
      else resolve(first);
    });
  });
}

/** Pictures that cost nothing to make, so that the start is ours. */
function graphOf(width: number, height: number, exposures: number, out: string): string {
  const caps = `video/x-raw,format=NV12,width=${width},height=${height},framerate=30/1`;
  const names = Array.from({ length: exposures }, (_, exposure) => `source${exposure}`);
  const sources = names.map((name, exposure) => {
    const launch = `videotestsrc num-buffers=1 pattern=solid-color foreground-color=${0xff202020 + exposure * 0x404040} ! ${caps} ! imagefreeze num-buffers=3`;
    return [name, { use: 'source', launch }];
  });
  const nodes = {
    ...(Object.fromEntries(sources) as object),
    set: { use: 'sync', from: names },
    fused: { use: 'ipl', from: 'set' },
    sink: { use: 'sink', from: 'fused', launch: `filesink location=${out} buffer-mode=unbuffered` },
  };
  return JSON.stringify({ nodes });
}
