/**
 * Network addresses, as `source`, `publish` and `--queue` (./redis.ts) read them: one parser, so that an address means the same in all,
 * and all refuse the same. Nothing unknown passes: what is read here is put into launch strings part by part.
 *
 * - `rtsp://[USER[:PASSWORD]@]HOST[:PORT]/PATH[?ANYTHING]`; what follows the host belongs to the camera and is not looked into.
 *   The user ends at the last `@` before the path, so that a password may hold one.
 * - `srt://[HOST]:PORT[?...]`: see ./srt.ts.
 * - `udp://`, `rtp://`: `[HOST]:PORT[?iface=NAME]`; `@` before the host is left out, as in VLC.
 *
 * `%XX` stands for a byte (RFC 3986). A `+` is a plus sign: that it means a space is a rule of HTML forms.
 */
import type { GstIplError } from '../errors';
import { authorityOf, bad, holdsControl, readHost, SIGNS_HINT } from './host';
import { readQuery } from './query';
import { SRT_QUERY, srtMode } from './srt';
import { isMulticast, UDP_QUERY } from './udp';

export { authorityOf } from './host';
export { readRedisAddress, type RedisAddress } from './redis';
export { isS3, readS3Address, type S3Address } from './s3';

export type Transport = 'rtsp' | 'srt' | 'udp' | 'rtp';

export interface NetworkAddress {
  readonly transport: Transport;
  /** As it is written, in small letters: `rtsps`, say. */
  readonly scheme: string;
  /** Without brackets; empty where the address names only a port. */
  readonly host: string;
  readonly port: number | undefined;
  /** Behind the host, with its query: of RTSP only. */
  readonly path: string;
  /** Read and decoded: not of RTSP. */
  readonly query: ReadonlyMap<string, string>;
  /** `USER:PASSWORD@` as RTSP clients read it, or empty. Secret, as are `passphrase` and `streamid` of the query. */
  readonly login: string;
}

const TRANSPORTS: readonly [pattern: RegExp, transport: Transport][] = [
  [/^rtsps?[uth]?$/, 'rtsp'],
  [/^srt$/, 'srt'],
  [/^udp$/, 'udp'],
  [/^rtp$/, 'rtp'],
];

const FORMS: Readonly<Record<Transport, string>> = {
  rtsp: 'rtsp://HOST[:PORT]/PATH',
  srt: 'srt://HOST:PORT, or srt://:PORT to be called',
  udp: 'udp://HOST:PORT; a receiver may leave HOST out',
  rtp: 'rtp://HOST:PORT; a receiver may leave HOST out',
};

/** `scheme:` and what follows, or undefined: a path, say. */
export function splitScheme(text: string): { scheme: string; rest: string } | undefined {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text.trim()) ?? [];
  return scheme === undefined || rest === undefined ? undefined : { scheme: scheme.toLowerCase(), rest };
}

export function transportOf(scheme: string): Transport | undefined {
  return TRANSPORTS.find(([pattern]) => pattern.test(scheme))?.[1];
}

/**
 * @param scheme one that `transportOf` knows
 * @param rest what follows the colon
 * @throws GstIplError `bad-option`, with no secret of the address in its sentence
 */
export function readNetworkAddress(scheme: string, rest: string): NetworkAddress {
  const transport = transportOf(scheme);
  if (!transport) throw new TypeError(`${scheme} is no scheme of a network address`);
  if (holdsControl(rest)) throw bad('the address holds a line break or control character');
  const [, authority, path = '', query = ''] = splitRest(transport, rest) ?? [];
  if (authority === undefined) throw badForm(transport);
  const end = authority.lastIndexOf('@');
  const at = readHost(authority.slice(end + 1));
  if (!at) throw badForm(transport);
  const address = { transport, scheme, ...at, path, login: readLogin(transport, end < 0 ? '' : authority.slice(0, end)), query: readQueryOf(transport, query) };
  checkParts(address);
  return address;
}

/** `//AUTHORITY`, the path, and the query, which is a part of the path to RTSP servers. SRT's stream ids hold `#` and `/`. */
function splitRest(transport: Transport, rest: string): readonly string[] | null {
  return transport === 'rtsp' ? /^\/\/([^/?#]*)([/?#]\S*)?$/.exec(rest) : /^\/\/([^/?]*)(\/[^?]*)?(?:\?(.*))?$/.exec(rest);
}

function readLogin(transport: Transport, text: string): string {
  if (text === '') return '';
  if (transport === 'rtsp') return `${text.replace(/%(?![\da-f]{2})|[^\w.~!$&'()*+,;=%:-]/giu, encodeURIComponent)}@`;
  throw bad(`an ${transport} address has no user`, transport === 'srt' ? 'SRT has a `passphrase` and a `streamid`, behind the ?.' : undefined);
}

function readQueryOf(transport: Transport, text: string): ReadonlyMap<string, string> {
  if (transport === 'rtsp' || text === '') return new Map();
  return readQuery(text, transport === 'srt' ? SRT_QUERY : UDP_QUERY);
}

function checkParts({ transport, host, port, path, query }: NetworkAddress): void {
  if (transport !== 'rtsp' && port === undefined) throw bad('the address lacks a port', `Write ${FORMS[transport]}.`);
  if (host === '' && (transport === 'rtsp' || (transport === 'srt' && srtMode({ host, query }) !== 'listener'))) {
    throw bad('the address lacks a host', `Write ${FORMS[transport]}.`);
  }
  if (transport !== 'rtsp' && path !== '' && path !== '/') throw bad(`an ${transport} address has no path`, transport === 'srt' ? 'SRT names streams by a `streamid`, behind the ?.' : undefined);
  if (query.has('iface') && !isMulticast(host)) throw bad('"iface" is for multicast groups', 'Leave it out: the system knows the way to a single host.');
}

/** Without login and query: for people to read. */
export function publicText(address: NetworkAddress): string {
  return `${address.scheme}://${authorityOf(address)}${address.path.replace(/[?#].*$/s, '')}`;
}

function badForm(transport: Transport): GstIplError {
  return bad(`it is not an address like ${FORMS[transport]}`, SIGNS_HINT);
}
