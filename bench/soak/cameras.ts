/** The soak's cameras, and what can happen to one. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { Proxy } from '../../test/support/cameras';
import { freePort } from '../../test/support/ports';

export interface CameraSettings {
  readonly width: number;
  readonly height: number;
  readonly rate: number;
  /** Background: what tells the exposures apart. */
  readonly grey: number;
}

/** Debian's Python: it has the bindings to GStreamer. */
const PYTHON = '/usr/bin/python3';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Camera {
  readonly #settings: CameraSettings;
  readonly #port: number;
  readonly #network: Proxy;
  #child: ChildProcess | undefined;

  private constructor(settings: CameraSettings, port: number, network: Proxy) {
    this.#settings = settings;
    this.#port = port;
    this.#network = network;
  }

  static async make(settings: CameraSettings): Promise<Camera> {
    const port = await freePort();
    const camera = new Camera(settings, port, await new Proxy(await freePort(), port).listen());
    camera.#start();
    return camera;
  }

  get uri(): string {
    return `rtsp://127.0.0.1:${this.#network.port}/cam`;
  }

  /** For good. */
  kill(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  /** It is down, and nothing listens where it was. */
  async leave(): Promise<void> {
    this.kill();
    await this.#network.close();
  }

  /** Dies, and is back after a while. */
  async dieFor(milliseconds: number): Promise<void> {
    this.kill();
    await pause(milliseconds);
    this.#start();
  }

  /** Sends nothing for a while, without a word. */
  async stallFor(milliseconds: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await pause(milliseconds);
    this.#child?.kill('SIGCONT');
  }

  /** Its pictures come so much later than they should, for a while. */
  async lagFor(milliseconds: number, lateMs: number): Promise<void> {
    this.#send(`late ${lateMs}`);
    await pause(milliseconds);
    this.#send('late 0');
  }

  /** Half the resolution for a while, in mid-stream. */
  async resizeFor(milliseconds: number): Promise<void> {
    const { width, height } = this.#settings;
    this.#send(`size ${Math.round(width / 4) * 2} ${Math.round(height / 4) * 2}`);
    await pause(milliseconds);
    this.#send(`size ${width} ${height}`);
  }

  /** Random bytes instead of what it sends, also to those who connect anew. */
  async garbageFor(milliseconds: number, random: () => number): Promise<void> {
    this.#network.noise = (length) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
    await pause(milliseconds);
    this.#network.noise = undefined;
  }

  #start(): void {
    const { width, height, rate, grey } = this.#settings;
    const args = [this.#port, width, height, rate, grey].map(String);
    this.#child = spawn(PYTHON, [path.join(__dirname, 'camera.py'), ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
    this.#child.stdin?.on('error', () => undefined); // It is being killed.
  }

  #send(line: string): void {
    this.#child?.stdin?.write(`${line}\n`);
  }
}
