/** Ports for peers that are started later. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Below those that Linux gives to whoever connects (net.ipv4.ip_local_port_range): a port that was free a moment ago is not the own
 * end of somebody's connection in the next. Every process begins elsewhere, so that files of tests do not meet. Even ones: where
 * there is RTP, the next is its RTCP's.
 */
const FIRST = 10_000;
const LAST = 32_000;
let next = FIRST + 2 * Math.floor((Math.random() * (LAST - FIRST)) / 2);

/** A port that nobody has, for TCP and UDP; each only once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = next < LAST ? next + 2 : FIRST;
    if (await isFree(port)) return port;
  }
}

/** Whether somebody receives UDP there, by proc(5): who sends before loses what is sent. */
export function isBound(port: number): boolean {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const bound = ['/proc/net/udp', '/proc/net/udp6'].filter(existsSync).flatMap((table) => readFileSync(table, 'utf8').trim().split('\n').map((line) => line.trim().split(/\s+/)[1]));
  return bound.some((address) => address?.endsWith(wanted));
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const socket = createSocket('udp4');
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
    await new Promise((resolve) => server.close(resolve));
  }
}
