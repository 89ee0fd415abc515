/**
 * Datagrams to a local socket, as systemd hears its services (sd_notify(3)), which Node does not have. By the C library and not by libsystemd,
 * whose sd_notify waits where nobody reads: no supervisor may hold up pictures.
 */
import { Buffer } from 'node:buffer';
import koffi from 'koffi';

const [AF_UNIX, SOCK_DGRAM, SOCK_CLOEXEC, MSG_DONTWAIT, MSG_NOSIGNAL] = [1, 2, 0o2000000, 0x40, 0x4000];

/** Of sockaddr_un. */
const LONGEST_PATH = 107;

export class NotifySocket {
  readonly #address: Buffer;
  readonly #fd: number;
  readonly #sendto;

  /** @param name a path, or `@NAME` of an abstract socket @throws Error where there can be no such socket */
  constructor(name: string) {
    if (!/^[@/]/.test(name) || Buffer.byteLength(name) > LONGEST_PATH) throw new Error(`"${name}" is no socket.`);
    const path = Buffer.from(name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`);
    this.#address = Buffer.concat([Buffer.from(Uint16Array.of(AF_UNIX).buffer), path]);
    const libc = koffi.load('libc.so.6');
    const socket = libc.func('int socket(int domain, int type, int protocol)');
    this.#sendto = libc.func('long sendto(int fd, const void *data, size_t length, int flags, const void *address, unsigned int addressLength)');
    this.#fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) as number;
    if (this.#fd < 0) throw new Error('There is no socket to be had.');
  }

  /** @returns whether it went: not where nobody is there, nor where too much waits to be read */
  send(text: string): boolean {
    const bytes = Buffer.from(text);
    return Number(this.#sendto(this.#fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, this.#address, this.#address.length)) === bytes.length;
  }
}
