/** OpenCV's Mertens and enfuse on the same pictures, where they are installed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { planeLayout } from '../../plugin/core/frames/video-layout';
import { fillPicture } from './pictures';
import { makeRow, median, type Row } from './rows';

/** Debian's packages belong to Debian's Python; another one may stand before it in PATH. */
const PYTHON = '/usr/bin/python3';

const INSTALL: Readonly<Record<string, string>> = {
  'OpenCV Mertens': 'apt-get install python3-opencv',
  enfuse: 'apt-get install enfuse python3-opencv',
};

/** @param skipped hears of peers that are not here */
export async function measurePeers(width: number, height: number, exposures: number, rounds: number, skipped: (text: string) => void): Promise<Row[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-bench-'));
  try {
    const layout = planeLayout('I420', width, height);
    const files = Array.from({ length: exposures }, (_, exposure) => {
      const payload = new Uint8Array(layout.size);
      fillPicture(payload, layout, exposure, exposures, 0);
      const file = path.join(folder, `${exposure}.i420`);
      writeFileSync(file, payload);
      return file;
    });
    const found = await timesOf([String(width), String(height), String(rounds), ...files]);
    return Object.entries(found).flatMap(([name, times]) => {
      if (!times) {
        skipped(`${name} is not here and was skipped; it comes with: ${INSTALL[name]}`);
        return [];
      }
      const note = name === 'enfuse' ? 'from and to TIFF files' : 'BGR in memory';
      return [makeRow({ case: `peer: ${name}`, width, height, exposures, threads: 0, provider: 'peer', ms: median(times), note })];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timesOf(args: readonly string[]): Promise<Record<string, number[] | null>> {
  try {
    const { stdout } = await promisify(execFile)(PYTHON, [path.join(__dirname, 'peers.py'), ...args], { timeout: 600_000 });
    return JSON.parse(stdout) as Record<string, number[] | null>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { 'OpenCV Mertens': null, enfuse: null };
  }
}
