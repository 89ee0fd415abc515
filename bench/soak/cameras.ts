/** The soak's cameras, and what can happen to one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import path from 'node:path';

export interface CameraSettings {
  readonly port: number;
  readonly width: number;
  readonly height: number;
  readonly rate: number;
  /** Background: what tells the exposures apart. */
  readonly grey: number;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Camera {
  readonly #settings: CameraSettings;
  #child: ChildProcess | undefined;

  constructor(settings: CameraSettings) {
    this.#settings = settings;
  }

  start(change: Partial<CameraSettings> & { lateMs?: number } = {}): void {
    const { port, width, height, rate, grey } = { ...this.#settings, ...change };
    const args = [port, width, height, rate, grey, change.lateMs ?? 0].map(String);
    // A group of its own: a stall or a kill must reach its encoder, too.
    this.#child = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', path.join(__dirname, 'camera.ts'), ...args], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
  }

  kill(): void {
    this.#signal('SIGKILL');
    this.#child = undefined;
  }

  /** Dies, and is back after a while. */
  async dieFor(milliseconds: number): Promise<void> {
    this.kill();
    await pause(milliseconds);
    this.start();
  }

  /** Sends nothing for a while, without a word. */
  async stallFor(milliseconds: number): Promise<void> {
    this.#signal('SIGSTOP');
    await pause(milliseconds);
    this.#signal('SIGCONT');
  }

  /** Its pictures come so much later than they should, for a while. */
  async lagFor(milliseconds: number, lateMs: number): Promise<void> {
    this.kill();
    this.start({ lateMs });
    await pause(milliseconds);
    this.kill();
    this.start();
  }

  /** Another resolution for a while. */
  async resizeFor(milliseconds: number): Promise<void> {
    const { width, height } = this.#settings;
    this.kill();
    this.start({ width: Math.round(width / 4) * 2, height: Math.round(height / 4) * 2 });
    await pause(milliseconds);
    this.kill();
    this.start();
  }

  /** Random bytes to its port, beside what it sends. */
  async garbageFor(milliseconds: number, random: () => number): Promise<void> {
    const socket = createSocket('udp4');
    const end = Date.now() + milliseconds;
    while (Date.now() < end) {
      const bytes = Buffer.from(Array.from({ length: 188 * 7 }, () => Math.floor(random() * 256)));
      // Some look like packets of a transport stream.
      if (random() < 0.5) for (let at = 0; at < bytes.length; at += 188) bytes[at] = 0x47;
      socket.send(bytes, this.#settings.port, '127.0.0.1');
      await pause(20);
    }
    socket.close();
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child ?? {};
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It is gone already.
    }
  }
}
