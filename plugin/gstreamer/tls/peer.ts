/**
 * Asks the other end of an RTSP address for a connection. GStreamer says "Failed to connect. (Generic error)" whether the name
 * is unknown, nobody listens or a certificate is not trusted; Node says which.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { authorityOf, type NetworkAddress } from '../../core/address';
import { GstIplError } from '../../core/errors';
import { tlsConnection, type Trust } from './tls';

/** A server on another continent answers in a tenth of this. */
const REACH_MS = 3_000;

export interface Peer {
  readonly host: string;
  readonly port: number;
  /** Undefined where the connection is not encrypted. */
  readonly trust: Trust | undefined;
}

export function rtspPeer({ scheme, host, port }: NetworkAddress, trust: Trust): Peer {
  const encrypted = scheme.startsWith('rtsps');
  return { host, port: port ?? (encrypted ? 322 : 554), trust: encrypted ? trust : undefined };
}

/** @throws GstIplError that says why it cannot be reached */
export async function askPeer(peer: Peer): Promise<void> {
  const { host, port, trust } = peer;
  const socket = trust === undefined ? connect({ host, port }) : connectTls({ host, port, ...tlsConnection(host, trust) });
  try {
    await connected(socket, trust === undefined ? 'connect' : 'secureConnect');
  } catch (error) {
    throw explain(peer, error as NodeJS.ErrnoException);
  } finally {
    socket.destroy();
  }
}

function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, resolve);
    socket.on('error', reject);
    socket.setTimeout(REACH_MS, () => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
  });
}

const UNKNOWN = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/;
const OWN_FILE = 'Check whose it is; then write `tls: FILE` with a PEM file of it, or of the authority that signed it (`tls: insecure` trusts anybody).';
const CLOCK = 'Check the clocks of both machines, or renew the certificate.';

/** The time of a certificate depends on clocks, which a machine may set after it has booted, and servers renew theirs by themselves. */
function explain(peer: Peer, error: NodeJS.ErrnoException): GstIplError {
  const where = authorityOf(peer);
  const code = error.code ?? error.message;
  const fault = (sentence: string, hint: string, permanent = false): GstIplError =>
    new GstIplError('pipeline-failed', sentence, { hint, permanent, cause: error });
  if (UNKNOWN.test(code)) return fault(`The certificate of ${where} is signed by nobody who is trusted (${code}).`, OWN_FILE, true);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return fault(`The certificate of ${where} is for other names (${code}).`, `Write the name that it is for, or: ${OWN_FILE}`, true);
  if (code === 'CERT_HAS_EXPIRED') return fault(`The certificate of ${where} has expired.`, CLOCK);
  if (code === 'CERT_NOT_YET_VALID') return fault(`The certificate of ${where} is not valid yet.`, CLOCK);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') return fault(`What answers at ${where} speaks no TLS (${code}).`, 'Check the port, or write rtsp:// for a connection that is not encrypted.', true);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fault(`The host "${peer.host}" has no address (${code}).`, 'Check the name and the network.');
  return fault(`The server ${where} does not answer (${code}).`, 'Check that the other end is on, and its address and port.');
}
