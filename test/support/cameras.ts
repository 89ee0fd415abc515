/** Cameras on loopback: real servers and senders in processes of their own, and a proxy that makes networks fail. */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { withCertificate } from './certificates';
import { freePort } from './ports';

/** Slow enough that a busy machine keeps up, and that half a frame is longer than its scheduler is late. */
export const RATE = 5;

/** A moving picture: no two frames of it are alike for minutes. */
export const picture = (width = 64, height = 48): string =>
  `videotestsrc is-live=true pattern=ball motion=sweep ! video/x-raw,format=I420,width=${width},height=${height},framerate=${RATE}/1`;

export const H264 = `x264enc tune=zerolatency speed-preset=ultrafast key-int-max=${RATE} ! h264parse config-interval=-1`;
export const H265 = `x265enc tune=zerolatency speed-preset=ultrafast key-int-max=${RATE} ! h265parse config-interval=-1`;

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Sends until it is killed. The words are passed as they are, without a shell. */
export function sender(launch: string, errors: 'inherit' | 'ignore' = 'inherit'): ChildProcess {
  return started(spawn('gst-launch-1.0', ['-q', ...launch.split(/\s+/)], { stdio: ['ignore', 'ignore', errors] }));
}

function started(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** The same, begun again whenever it ends: a sender that calls before anybody listens gives up. @returns how to end it */
export function stubbornSender(launch: string): () => Promise<void> {
  let wanted = true;
  let child = sender(launch, 'ignore');
  const again = (): void => {
    if (!wanted) return;
    child = sender(launch, 'ignore');
    child.once('exit', () => setTimeout(again, 200));
  };
  child.once('exit', () => setTimeout(again, 200));
  return () => {
    wanted = false;
    return gone(child);
  };
}

/** Kills a camera, and resolves when it is gone and its ports are free. */
export function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

export interface RtspCamera {
  readonly child: ChildProcess;
  readonly port: number;
  resize(width: number, height: number): void;
}

interface RtspSettings {
  readonly port?: number;
  /** `user:password`. */
  readonly login?: string;
  readonly codec?: 'h264' | 'h265';
  /** Sound comes first, as the stream that a client must not take. */
  readonly sound?: boolean;
  /** PEM file of certificate and key: rtsps. */
  readonly certificate?: string;
}

/** rtsp://127.0.0.1:PORT/cam; resolves when clients may come. */
export async function rtspCamera({ port, login = '', codec = 'h264', sound = false, certificate }: RtspSettings = {}): Promise<RtspCamera> {
  const chosen = port ?? (await freePort());
  const encoder = codec === 'h264' ? `${H264} ! rtph264pay` : `${H265} ! rtph265pay`;
  const audio = sound ? 'audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay0 pt=8 ' : '';
  const launch = `${audio}${picture()} ! videoscale ! capsfilter name=size caps=video/x-raw,width=64,height=48 ! ${encoder} name=pay${sound ? 1 : 0} pt=96 config-interval=-1`;
  // Debian's Python: it has the bindings to GStreamer.
  const child = started(spawn('/usr/bin/python3', [path.join(__dirname, 'rtsp-server.py'), `${chosen}`, launch, login], { stdio: ['pipe', 'pipe', 'inherit'], env: withCertificate(certificate) }));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`The RTSP server ended with ${code}.`)));
  });
  return { child, port: chosen, resize: (width, height) => child.stdin?.write(`size ${width} ${height}\n`) };
}

/** Stands between a camera and its client (TCP), and does to the connection what networks do. */
export class Proxy {
  readonly port: number;
  readonly #target: number;
  readonly #pairs = new Set<{ client: Socket; camera: Socket }>();
  #server = createServer();
  /** Milliseconds that everything from the camera takes longer. */
  delay = 0;
  /** What comes instead of what the camera sends. */
  noise: ((length: number) => Buffer) | undefined;
  /** Connections that were made. */
  connections = 0;

  constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  listen(): Promise<this> {
    this.#server = createServer((client) => this.#join(client));
    return new Promise((resolve) => this.#server.listen(this.port, '127.0.0.1', () => resolve(this)));
  }

  /** Breaks all connections. */
  cut(): void {
    for (const { client, camera } of this.#pairs) {
      client.destroy();
      camera.destroy();
    }
  }

  /** Nobody can connect any more. */
  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Connections stay open, but nothing comes through; new ones are as they should be. */
  stall(): void {
    for (const { camera } of this.#pairs) camera.removeAllListeners('data').resume();
  }

  /** Every connection gives noise instead of the stream from now on. */
  garble(): void {
    for (const { client, camera } of this.#pairs) {
      camera.removeAllListeners('data').on('data', (chunk: Buffer) => client.write(Buffer.alloc(chunk.length, 0x5a)));
    }
  }

  #join(client: Socket): void {
    this.connections += 1;
    const camera = connect(this.#target, '127.0.0.1');
    const pair = { client, camera };
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      client.destroy();
      camera.destroy();
    };
    for (const socket of [client, camera]) socket.on('error', end).on('close', end);
    client.on('data', (chunk) => camera.write(chunk));
    camera.on('data', (sent: Buffer) => {
      const chunk = this.noise?.(sent.length) ?? sent;
      if (this.delay === 0) client.write(chunk);
      else setTimeout(() => client.write(chunk), this.delay);
    });
  }
}
