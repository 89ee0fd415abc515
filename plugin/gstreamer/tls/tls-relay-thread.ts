/** The thread of a TlsRelay: passes bytes between GStreamer and the other end. Reports its port when it listens. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import type { Peer } from './peer';
import { tlsConnection } from './tls';

const { host, port, trust } = workerData as Peer;
const connection = tlsConnection(host, trust ?? 'system');

/** One end that closes or fails closes the other. `askPeer` says why. */
function join(client: Socket): void {
  const peer = connect({ host, port, ...connection });
  const pair = [client, peer];
  const end = (): void => pair.forEach((socket) => socket.destroy());
  for (const socket of pair) socket.setNoDelay(true).on('error', end).on('close', end);
  // What the client says holds its login: it waits until the certificate has been found right.
  peer.once('secureConnect', () => client.pipe(peer).pipe(client));
}

const server = createServer(join).listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
