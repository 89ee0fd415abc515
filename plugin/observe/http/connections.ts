/**
 * The connections of the server: so many at a time, and of each one request after the other.
 *
 * For a new connection beyond the most, another is closed: of those that have shown nothing yet one that waits for nothing, of the
 * address that has most, the longest silent. So a probe gets through while an attacker holds what the server has, and who watches
 * with the token stays. Only where all are in the middle of a request of a friend, the new one is closed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Figures } from './figures';
import type { Limits } from './limits';
import { AddressPaces } from './pace';
import { groupOf } from './remote';

interface Connection {
  readonly socket: Socket;
  readonly group: string;
  /** When it last began or ended something. */
  active: number;
  /** Its last request passed the guard. */
  trusted: boolean;
  answering: boolean;
  /** Requests behind the one that is answered. */
  readonly waiting: Request[];
}

interface Request {
  readonly outgoing: ServerResponse;
  answer(): void;
}

export class Connections {
  readonly #limits: Limits;
  readonly #figures: Figures;
  readonly #all = new Map<Socket, Connection>();
  readonly #arrivals: AddressPaces;

  constructor(limits: Limits, figures: Figures) {
    this.#limits = limits;
    this.#figures = figures;
    this.#arrivals = new AddressPaces(limits.arrivals);
  }

  /** @returns false where it was closed unread: its address opens too many */
  add(socket: Socket): boolean {
    const [group, now] = [groupOf(socket.remoteAddress), performance.now()];
    if (!this.#arrivals.of(group).passes(now)) {
      this.#figures.refused.connection += 1;
      socket.on('error', () => undefined).destroy();
      return false;
    }
    const connection = { socket, group, active: now, trusted: false, answering: false, waiting: [] };
    this.#all.set(socket, connection);
    socket.once('close', () => {
      this.#all.delete(socket);
      this.#figures.connections = this.#all.size;
    });
    if (this.#all.size > this.#limits.connections) this.#makeRoom(connection);
    this.#figures.connections = this.#all.size;
    return !socket.destroyed;
  }

  /** Answers a request when the ones before it on the same connection have been answered, to the last byte. */
  enqueue(incoming: IncomingMessage, outgoing: ServerResponse, answer: () => void): void {
    const connection = this.#all.get(incoming.socket);
    if (!connection || connection.waiting.length >= this.#limits.pipelined) {
      this.#figures.refused.pipelined += connection ? 1 : 0;
      incoming.socket.destroy();
      return;
    }
    connection.active = performance.now();
    connection.waiting.push({ outgoing, answer });
    if (!connection.answering) this.#next(connection);
  }

  /** Its request passed the guard. */
  trust(socket: Socket): void {
    const connection = this.#all.get(socket);
    if (connection) connection.trusted = true;
  }

  closeAll(): void {
    for (const socket of this.#all.keys()) socket.destroy();
  }

  #next(connection: Connection): void {
    const { socket } = connection;
    const request = connection.waiting.shift();
    connection.answering = request !== undefined;
    connection.active = performance.now();
    // After an answer with `Connection: close` nothing follows.
    if (!request || socket.destroyed || socket.writableEnded) return;
    const timer = setTimeout(() => socket.destroy(), this.#limits.answerMs);
    request.outgoing.once('close', () => {
      clearTimeout(timer);
      this.#next(connection);
    });
    request.answer();
  }

  #makeRoom(newest: Connection): void {
    const sizes = new Map<string, number>();
    for (const { group } of this.#all.values()) sizes.set(group, (sizes.get(group) ?? 0) + 1);
    const sizeOf = ({ group }: Connection): number => sizes.get(group) ?? 0;
    let last: Connection | undefined;
    for (const connection of this.#all.values()) {
      if (connection === newest || (connection.trusted && connection.answering)) continue;
      if (!last || goesBefore(connection, last, sizeOf)) last = connection;
    }
    this.#figures.closedForOthers += 1;
    (last ?? newest).socket.destroy();
    // Its end is reported later; another may come before.
    this.#all.delete((last ?? newest).socket);
  }
}

function goesBefore(a: Connection, b: Connection, sizeOf: (connection: Connection) => number): boolean {
  if (a.trusted !== b.trusted) return b.trusted;
  if (a.answering !== b.answering) return b.answering;
  const more = sizeOf(a) - sizeOf(b);
  return more === 0 ? a.active < b.active : more > 0;
}
