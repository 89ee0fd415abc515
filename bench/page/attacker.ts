/**
 * Attacks a page, as one process: `attacker.ts KIND PORT TOKEN`. It tells what it did when its standard input ends. It stands
 * back behind everything else of the machine, as it were on another.
 */
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';

const [kind = '', port = '', token = ''] = process.argv.slice(2);
const PER_SECOND = 2_000;
const TICK_MS = 10;
const CLIENTS = 64;

const counts = { sent: 0, answered: 0, connections: 0 };
const statuses: Record<string, number> = {};

function requestOf(path: string, authorization: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${authorization}\r\n\r\n`;
}

function open(onAnswer: (socket: Socket) => void, onClose: (socket: Socket) => void): Socket {
  counts.connections += 1;
  // Not the address of the probe: limits are of addresses.
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.2' }).setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    const found = chunk.toString('latin1').match(/HTTP\/1\.1 \d\d\d/g) ?? [];
    for (const status of found) statuses[status.slice(9)] = (statuses[status.slice(9)] ?? 0) + 1;
    counts.answered += found.length;
    if (found.length > 0) onAnswer(socket);
  });
  socket.on('error', () => undefined).on('close', () => onClose(socket));
  return socket;
}

/** So many a second, whatever the server does: where it does not answer, by connections that are given up for new ones. */
function flood(): void {
  const request = requestOf('/api/state', 'a-token-that-is-wrong');
  const idle: Socket[] = [];
  const waiting: Socket[] = [];
  let began = performance.now();
  const remove = (list: Socket[], socket: Socket): void => {
    const at = list.indexOf(socket);
    if (at >= 0) list.splice(at, 1);
  };
  const send = (): void => {
    if (waiting.length >= CLIENTS) waiting.shift()?.destroy();
    const socket = idle.pop() ?? open((answered) => (remove(waiting, answered), idle.push(answered)), (closed) => (remove(idle, closed), remove(waiting, closed)));
    waiting.push(socket);
    socket.write(request);
    counts.sent += 1;
  };
  setInterval(() => {
    const due = Math.min(PER_SECOND / 4, Math.floor(((performance.now() - began) / 1000) * PER_SECOND));
    for (let index = 0; index < due; index += 1) send();
    began += (due / PER_SECOND) * 1000;
  }, TICK_MS);
}

/** Friends who ask for the state as fast as it comes. */
function hammer(): void {
  const request = requestOf('/api/state', token);
  const start = (): void => {
    const ask = (socket: Socket): void => {
      counts.sent += 1;
      socket.write(request);
    };
    ask(open(ask, () => setTimeout(start, 100)));
  };
  for (let client = 0; client < CLIENTS; client += 1) start();
}

/** Connections that say nothing; those that the server closes come again. */
function idle(): void {
  const start = (): void => void open(() => undefined, () => setTimeout(start, 100));
  for (let client = 0; client < 300; client += 1) start();
}

/** A friend who asks for 300 snapshots at once, again and again. */
function snapshots(): void {
  const request = requestOf('/api/snapshot', token).repeat(300);
  const start = (): void => {
    counts.sent += 300;
    open(() => undefined, () => setTimeout(start, 500)).write(request);
  };
  start();
}

setPriority(19);
({ flood, hammer, idle, snapshots })[kind as 'flood']();
process.stdin.resume().on('end', () => {
  process.stdout.write(JSON.stringify({ ...counts, statuses }));
  process.exit(0);
});
