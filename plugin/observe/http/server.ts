/** The HTTP server: hono routes behind the guard, with a bound on everything that a client can make large, slow or many. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { GstIplError } from '../../core/errors';
import { redact } from '../../core/redact';
import type { ListenAddress } from './address';
import type { App, AppContext } from './app';
import { readBody } from './body';
import { Connections } from './connections';
import { Unavailable } from './desk';
import type { Figures } from './figures';
import { guard, HEADERS } from './guard';
import type { Limits } from './limits';
import { Paces } from './pace';
import { groupOf } from './remote';
import { Strangers } from './strangers';
import { TokenGate } from './token';

/** A request of ours is some hundred bytes of headers; cookies of other programs on the same host come along. */
const HEADER_BYTES = 8 * 1024;
/** Longer than the page waits for a picture (WAIT_MS in plugin/preview/pictures-question.ts). */
const IDLE_MS = 30_000;
/** How long open answers may take to end when the server does. */
const CLOSE_MS = 500;

export interface ServerSettings {
  readonly address: ListenAddress;
  readonly token: string | undefined;
  readonly limits: Limits;
  readonly figures: Figures;
  /** Hears of what is wrong with the server itself. */
  warn(message: string): void;
}

export class HttpServer {
  readonly #settings: ServerSettings;
  readonly #server: Server;
  readonly #connections: Connections;
  #port: number;

  /** @param addRoutes adds what is served */
  constructor(settings: ServerSettings, addRoutes: (app: App) => void) {
    const { address, limits, figures } = settings;
    this.#settings = settings;
    this.#port = address.port;
    this.#connections = new Connections(limits, figures);
    const answer = getRequestListener(this.#routes(addRoutes).fetch);
    const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      figures.requests += 1;
      for (const [name, value] of HEADERS) outgoing.setHeader(name, value);
      this.#connections.enqueue(incoming, outgoing, () => void answer(incoming, outgoing));
    };
    this.#server = createServer(
      {
        maxHeaderSize: HEADER_BYTES,
        headersTimeout: limits.patienceMs,
        requestTimeout: limits.patienceMs,
        // Node looks for late requests at this interval.
        connectionsCheckingInterval: 1_000,
        keepAliveTimeout: 5_000,
        // Requests without Host, and with two meanings of where they end, are refused.
        requireHostHeader: true,
        insecureHTTPParser: false,
      },
      listener,
    );
    this.#bound();
  }

  /**
   * @returns the port
   * @throws GstIplError `set-up` when the address cannot be listened at
   */
  async listen(): Promise<number> {
    const { host, port } = this.#settings.address;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, `${host}:${port}`)));
      this.#server.listen({ host, port }, resolve);
    });
    this.#server.on('error', (error) => this.#settings.warn(`The server of the page: ${error.message}`));
    return (this.#port = (this.#server.address() as AddressInfo).port);
  }

  /** Ends every connection; answers under way have a moment to end. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#connections.closeAll(), CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }

  #routes(addRoutes: (app: App) => void): App {
    const { token, limits, figures } = this.#settings;
    const paces = new Paces(limits.address, limits.total);
    const strangers = new Strangers(limits, (message) => this.#settings.warn(message));
    const app: App = new Hono();
    app.use(readBody);
    app.use(
      guard(token === undefined ? undefined : new TokenGate(token), {
        cookie: () => `gst_ipl_${this.#port}`,
        admit: (socket) => {
          this.#connections.trust(socket);
          return paces.turn(groupOf(socket.remoteAddress));
        },
        refuse: (socket, reason) => {
          const address = groupOf(socket.remoteAddress);
          figures.refused[reason] += 1;
          if (reason === 'wrong_token') strangers.wrongToken(address);
          return strangers.refuse(address);
        },
      }),
    );
    addRoutes(app);
    app.notFound((context) => context.json({ error: 'There is nothing here.' }, 404));
    app.onError((error, context) => this.#explain(error, context));
    return app;
  }

  #explain(error: Error, context: AppContext): Response {
    if (error instanceof GstIplError) return context.json({ error: redact(error.message), hint: error.hint }, 400);
    if (error instanceof Unavailable) {
      this.#settings.figures.refused.busy += 1;
      return context.json({ error: error.message }, 503, { 'Retry-After': '1' });
    }
    this.#settings.warn(`A request of the page failed: ${redact(error.message)}`);
    return context.json({ error: 'The server failed.' }, 500);
  }

  #bound(): void {
    this.#server.maxHeadersCount = 64;
    this.#server.maxRequestsPerSocket = this.#settings.limits.requestsPerConnection;
    this.#server.setTimeout(IDLE_MS, (socket) => socket.destroy());
    // Node's own listener reads; what is closed unread must cost no more than that.
    const read = this.#server.listeners('connection') as ((socket: Socket) => void)[];
    this.#server.removeAllListeners('connection');
    this.#server.on('connection', (socket: Socket) => {
      if (this.#connections.add(socket)) for (const listener of read) listener.call(this.#server, socket);
    });
    // Nothing here is tunnelled or upgraded.
    for (const event of ['connect', 'upgrade']) this.#server.on(event, (_, socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  }
}

function explain(error: NodeJS.ErrnoException, where: string): GstIplError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there',
    EACCES: 'only root may listen there',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'there is no such host',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return new GstIplError('set-up', `Cannot listen at ${where}: ${reason}.`, { hint: 'Choose another port or address.', cause: error });
}
