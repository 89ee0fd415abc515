/** Films in which it flashes and clicks once a second, at the same moment; and what of it is in a recording. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const CLAPPER_RATE = 30;

const picture = `color=c=black:s=64x48:r=${CLAPPER_RATE},drawbox=t=fill:c=white:enable='lt(mod(n\\,${CLAPPER_RATE})\\,3)'`;
const clicks = (rate: number): string => `aevalsrc=exprs='if(lt(mod(n\\,${rate})\\,${rate / 50})\\,0.9*sin(2*PI*1000*t)\\,0)':s=${rate}`;
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', String(CLAPPER_RATE), '-pix_fmt', 'yuv420p'];

export interface Film {
  readonly seconds: number;
  /** Arguments of ffmpeg; default: AAC. */
  readonly sound?: readonly string[];
  readonly rate?: number;
}

/** Writes one; ffmpeg makes it, so that what is tested is not its own judge. */
export async function clapperFilm(file: string, { seconds, sound = ['-c:a', 'aac'], rate = 48_000 }: Film): Promise<string> {
  const length = ['-t', String(seconds)];
  await run('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', clicks(rate), ...H264, ...sound, ...length, file]);
  return file;
}

/** A camera with sound that sends a transport stream until it is killed. */
export function clapperCamera(address: string, sound: readonly string[] = ['-c:a', 'aac']): ChildProcess {
  return spawn('ffmpeg', ['-v', 'error', '-re', '-f', 'lavfi', '-i', picture, '-re', '-f', 'lavfi', '-i', clicks(48_000), ...H264, ...sound, '-flush_packets', '1', '-muxdelay', '0', '-f', 'mpegts', address], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export interface Claps {
  readonly flashes: number[];
  readonly clicks: number[];
  readonly pictures: number;
  readonly codec: string | null;
}

export async function clapsIn(file: string): Promise<Claps> {
  const { stdout } = await run('/usr/bin/python3', [path.join(__dirname, 'click-and-flash.py'), file]);
  return JSON.parse(stdout) as Claps;
}

export interface Packet {
  /** Of its container, in seconds. */
  readonly time: number;
  readonly hash: string;
}

/** The packets of sound in a file, as they are: without what only their container adds (ADTS). */
export async function soundPackets(file: string): Promise<Packet[]> {
  const bare = file.endsWith('.ts') && !file.includes('opus') ? ['-bsf:a', 'aac_adtstoasc'] : [];
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', file, '-map', '0:a', '-c', 'copy', ...bare, '-copyts', '-f', 'framemd5', '-'], { maxBuffer: 1e8 });
  const [, scale = '1'] = /^#tb 0: 1\/(\d+)/m.exec(stdout) ?? [];
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',').map((field) => field.trim())).map(([, , pts, , , hash = '']) => ({ time: Number(pts) / Number(scale), hash }));
}

/** Of a camera that died and came back: it may have died between a flash and its click, and its sound is found after its first frames, so the flashes beside a gap do not count. */
export function offsetsOfLife({ flashes, clicks: heard }: Pick<Claps, 'flashes' | 'clicks'>): (number | undefined)[] {
  const near = (one: number | undefined, other: number | undefined): boolean => one === undefined || other === undefined || other - one < 1.5;
  return offsets({ flashes: flashes.filter((flash, at, all) => near(flash, all[at + 1]) && near(all[at - 1], flash)), clicks: heard });
}

/** Seconds by which each click is later than its flash. Of a flash without a click within half a second: undefined. */
export function offsets({ flashes, clicks: heard }: Pick<Claps, 'flashes' | 'clicks'>): (number | undefined)[] {
  return flashes.map((flash) => heard.map((click) => click - flash).find((offset) => Math.abs(offset) < 0.5));
}
