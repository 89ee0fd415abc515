/** Where a server listens: `8080`, `0.0.0.0:8080`, `[::1]:8080`. */
import { isIP } from 'node:net';
import { GstIplError } from '../../core/errors';

export interface ListenAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Only programs of this machine reach it. */
  readonly loopback: boolean;
}

/** Where nothing is said: this machine alone. */
const LOOPBACK = '127.0.0.1';

/** @throws GstIplError `bad-option` */
export function parseAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = bracketed ?? plain ?? LOOPBACK;
  const port = Number(digits);
  const known = isIP(host) > 0 || (bracketed === undefined && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host));
  if (digits === undefined || port > 65_535 || !known) {
    throw new GstIplError('bad-option', `"${text}" is no address to listen at.`, {
      hint: 'Write a port, as in 8080, which this machine alone can reach, or an address and a port, as in 0.0.0.0:8080.',
    });
  }
  return { host, port, loopback: isLoopback(host) };
}

/** Names other than `localhost` may mean any address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

export function urlOf({ host, port }: Pick<ListenAddress, 'host' | 'port'>): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}/`;
}
