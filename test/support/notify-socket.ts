/** The socket on which systemd hears a service: datagrams over a local socket, which Node does not have. */
import { Buffer } from 'node:buffer';
import koffi from 'koffi';

const [AF_UNIX, SOCK_DGRAM, SOL_SOCKET, SO_RCVTIMEO] = [1, 2, 1, 20];
const MOST = 4096;

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, const void *address, unsigned int length)');
const setsockopt = libc.func('int setsockopt(int fd, int level, int name, const void *value, unsigned int length)');
const recv = libc.func('long recv(int fd, _Out_ void *buffer, size_t length, int flags)');
const close = libc.func('int close(int fd)');

export class NotifySocket {
  readonly #fd: number;
  readonly heard: string[] = [];
  #open = true;
  readonly #over: Promise<void>;

  /** @param reads at once; without it, when it is asked to */
  constructor(file: string, reads = true) {
    this.#fd = socket(AF_UNIX, SOCK_DGRAM, 0) as number;
    const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(`${file}\0`)]);
    if ((bind(this.#fd, address, address.length) as number) !== 0) throw new Error(`${file} cannot be listened at.`);
    // Whoever waits looks up every 100 ms, so that it can be closed. struct timeval: seconds and microseconds of 8 bytes each.
    const wait = Buffer.alloc(16);
    wait.writeBigInt64LE(100_000n, 8);
    setsockopt(this.#fd, SOL_SOCKET, SO_RCVTIMEO, wait, wait.length);
    this.#over = reads ? this.#listen() : Promise.resolve();
  }

  async #listen(): Promise<void> {
    while (this.#open) await this.#receive();
  }

  /** What waits. */
  async readAll(): Promise<readonly string[]> {
    while (await this.#receive());
    return this.heard;
  }

  /** @returns whether something came within 100 ms */
  async #receive(): Promise<boolean> {
    const buffer = Buffer.alloc(MOST);
    const length = await new Promise<number>((resolve) => recv.async(this.#fd, buffer, MOST, 0, (_: unknown, count: number) => resolve(Number(count))));
    if (length > 0) this.heard.push(...buffer.toString('utf8', 0, length).split('\n'));
    return length > 0;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#over;
    close(this.#fd);
  }
}
