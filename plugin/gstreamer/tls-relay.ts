/**
 * Encrypts for a GStreamer element that cannot be given certificates: it listens on this machine, and passes what comes to the
 * other end by a connection that Node makes and checks. Who else on this machine finds the port gets no further than to the
 * other end's own login.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect } from 'node:tls';
import type { Peer } from './peer';
import { tlsConnection } from './tls';

export class TlsRelay {
  readonly #peer: Peer;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** @throws TypeError before `listen` */
  get port(): number {
    const address = this.#server?.address();
    if (!address) throw new TypeError('The relay does not listen yet.');
    return (address as AddressInfo).port;
  }

  listen(): Promise<void> {
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    return new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  /** One end that closes or fails closes the other. Why, `askPeer` tells. */
  #join(client: Socket): void {
    const { host, port, trust } = this.#peer;
    const pair = [client, connect({ host, port, ...tlsConnection(host, trust ?? 'system') })] as const;
    const end = (): void => {
      for (const socket of pair) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end).on('close', end);
    }
    // Before it is connected and its certificate is found right, TLS sends nothing: what the client says waits.
    client.pipe(pair[1]).pipe(client);
  }
}
