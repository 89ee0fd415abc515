/**
 * The HTTP server behind `preview` and `--metrics`: hono routes behind the guard, with a bound on everything that a client
 * can make large, slow or many.
 */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { GstIplError } from '../../core/errors';
import { redact } from '../../core/redact';
import { urlOf, type ListenAddress } from './address';
import type { App } from './app';
import { readBody } from './body';
import { answerHeaders, guard } from './guard';
import { TokenGate } from './token';

/** A request of ours is some hundred bytes of headers; cookies of other programs on the same host come along. */
const HEADER_BYTES = 8 * 1024;
/** A person's network is slow; an attacker's is slower. */
const REQUEST_MS = 10_000;
/** Longer than the page waits for a picture (WAIT_MS in plugin/preview). */
const IDLE_MS = 30_000;
/** Six a browser, and monitors beside them. */
const CONNECTIONS = 128;
/** How long open answers may take to end when the server does. */
const CLOSE_MS = 500;

export interface ServerSettings {
  readonly address: ListenAddress;
  readonly token: string | undefined;
  /** How long a client may take to send its request; 10 s by default. Milliseconds. */
  readonly patience?: number;
  /** Hears of what is wrong with the server itself. */
  warn(message: string): void;
}

export class HttpServer {
  readonly #settings: ServerSettings;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;

  /** @param addRoutes adds what is served */
  constructor(settings: ServerSettings, addRoutes: (app: App) => void) {
    const patience = settings.patience ?? REQUEST_MS;
    this.#settings = settings;
    this.#port = settings.address.port;
    const app: App = new Hono();
    app.use(answerHeaders);
    app.use(readBody);
    app.use(guard(settings.token === undefined ? undefined : new TokenGate(settings.token), () => `gst_ipl_${this.#port}`));
    addRoutes(app);
    app.notFound((context) => context.json({ error: 'There is nothing here.' }, 404));
    app.onError((error, context) => {
      if (error instanceof GstIplError) return context.json({ error: redact(error.message), hint: error.hint }, 400);
      settings.warn(`A request of the page failed: ${redact(error.message)}`);
      return context.json({ error: 'The server failed.' }, 500);
    });
    this.#server = createAdaptorServer({
      fetch: app.fetch,
      overrideGlobalObjects: false,
      serverOptions: {
        maxHeaderSize: HEADER_BYTES,
        headersTimeout: patience,
        requestTimeout: patience,
        // Node looks for late requests at this interval.
        connectionsCheckingInterval: 1_000,
        keepAliveTimeout: 5_000,
        // Requests without Host, and with two meanings of where they end, are refused.
        requireHostHeader: true,
        insecureHTTPParser: false,
      },
    }) as Server;
    this.#bound();
  }

  get url(): string {
    return urlOf({ host: this.#settings.address.host, port: this.#port });
  }

  /** @throws GstIplError `set-up` when the address cannot be listened at */
  async listen(): Promise<void> {
    const { host, port } = this.#settings.address;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, `${host}:${port}`)));
      this.#server.listen({ host, port }, resolve);
    });
    this.#server.on('error', (error) => this.#settings.warn(`The server of the page: ${error.message}`));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends every connection; answers under way have a moment to end. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }

  #bound(): void {
    this.#server.maxConnections = CONNECTIONS;
    this.#server.maxHeadersCount = 64;
    this.#server.setTimeout(IDLE_MS, (socket) => socket.destroy());
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
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
