/** The other ends of live outputs: real receivers and servers on loopback, in processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { withCertificate } from './certificates';
import { temporaryFolder } from './folder';

/** Pictures as receivers write them: 16 x 16 grey pixels each. */
export const PICTURE_BYTES = 256;
export const TO_GREY = 'videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=16,height=16';

export interface Received {
  readonly pictures: number;
  /** Mean of all pixels. */
  readonly mean: number;
}

/** Receives so many pictures with gst-launch-1.0, which starts again and again until it has got them. */
export async function receive(launch: string, pictures: number, signal?: AbortSignal): Promise<Received> {
  const file = path.join(temporaryFolder(), 'received.gray');
  const words = `${launch} ! ${TO_GREY} ! identity eos-after=${pictures + 1} ! filesink location=${file}`.split(/\s+/);
  for (;;) {
    const child = spawn('gst-launch-1.0', ['-q', ...words], { stdio: 'ignore', ...(signal ? { signal, killSignal: 'SIGKILL' } : {}) });
    child.on('error', () => undefined);
    await once(child, 'close');
    const received = readGrey(file);
    if (received.pictures >= pictures || signal?.aborted) return received;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export function readGrey(file: string): Received {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const sum = bytes.reduce((total, value) => total + value, 0);
  return { pictures: Math.floor(bytes.length / PICTURE_BYTES), mean: sum / bytes.length };
}

export interface RtspRecorder {
  readonly child: ChildProcess;
  readonly file: string;
  stop(): Promise<void>;
}

/**
 * A real RTSP server that takes what is published to rtsp://127.0.0.1:PORT/live, or rtsps with a PEM file of certificate and key.
 * @param kept codec of the sound that comes beside the pictures: both are kept as they come; or `h265`: the pictures alone are
 */
export async function startRtspRecorder(t: ExecutionContext, port: number, login = '', certificate?: string, kept = ''): Promise<RtspRecorder> {
  const file = path.join(temporaryFolder(), kept === '' ? 'announced.gray' : kept === 'h265' ? 'announced.h265' : 'announced.mkv');
  // Debian's own Python: another one in the path lacks python3-gi.
  const child = spawn('/usr/bin/python3', [path.join(__dirname, 'rtsp-recorder.py'), String(port), file, login, kept], { stdio: ['pipe', 'pipe', 'inherit'], env: withCertificate(certificate) });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  if (!line.toString().startsWith('ready')) throw new Error(`The RTSP server said: ${line.toString()}`);
  const closed = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  // Also of a test that failed: a server that stays keeps the file of tests from ending, and all others from going on.
  t.teardown(stop);
  return { child, file, stop };
}

/** Resolves when something is so; a test's own timeout ends the waiting. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}
