/** What `to` says: an address, or a folder for HLS. Read here and checked whole, so that nothing unknown reaches GStreamer. */
import { GstIplError } from '../core/errors';
import { suggestion } from '../core/nearest';

export type Scheme = 'srt' | 'udp' | 'rtp' | 'rtsp' | 'rtsps';
const SCHEMES: readonly string[] = ['srt', 'udp', 'rtp', 'rtsp', 'rtsps', 'hls'];

export interface NetworkAddress {
  readonly scheme: Scheme;
  /** Empty where the address only names a port to listen on. */
  readonly host: string;
  readonly port: number | undefined;
  /** Of SRT. */
  readonly query: ReadonlyMap<string, string>;
  /** As it was written. */
  readonly text: string;
}

export type Address = NetworkAddress | { readonly scheme: 'hls'; readonly folder: string };

const NETWORK = /^(?:[^@/?#\s]*@)?(\[[\da-fA-F:.]+\]|[^:/?#@\s[\]]*)(?::(\d{1,5}))?(\/[^?#\s]*)?(?:\?([^#\s]*))?$/;

/** Named as in SRT's own tools and in FFmpeg. The number is the shortest and the longest text, where that matters. */
const SRT_QUERY: Readonly<Record<string, RegExp>> = {
  mode: /^(caller|listener|rendezvous)$/,
  passphrase: /^.{10,79}$/,
  pbkeylen: /^(16|24|32)$/,
  latency: /^\d{1,5}$/,
  streamid: /^.{1,512}$/,
};

/** @throws GstIplError `bad-option`; never with a secret of the address in its sentence */
export function parseAddress(text: string): Address {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.*)$/s.exec(text.trim()) ?? [];
  if (!SCHEMES.includes(scheme)) {
    const sentence = scheme ? `"${scheme}:" is no address that pictures can be published to` : 'the option "to" names no address';
    throw bad(sentence, 'Write srt://HOST:PORT, udp://HOST:PORT, rtp://HOST:PORT, rtsp://HOST/PATH or hls:FOLDER.');
  }
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(rest)) throw bad('the address holds a line break or control character');
  if (scheme === 'hls') return { scheme, folder: hlsFolder(rest) };
  return readNetwork(scheme as Scheme, rest, text.trim());
}

function readNetwork(scheme: Scheme, rest: string, text: string): NetworkAddress {
  const parts = rest.startsWith('//') ? NETWORK.exec(rest.slice(2)) : null;
  const [, host = '', digits, path, query = ''] = parts ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (!parts || port === 0 || (port ?? 0) > 65535) throw bad(`the address is not of the form ${scheme}://HOST:PORT`);
  const address = { scheme, host, port, query: readQuery(scheme, query), text };
  checkParts(address, path);
  return address;
}

function checkParts({ scheme, host, port, query }: NetworkAddress, path: string | undefined): void {
  if (scheme === 'rtsp' || scheme === 'rtsps') {
    if (host === '' || path === undefined) throw bad('an RTSP address names a server and a path', 'Write rtsp://HOST:PORT/PATH.');
    return;
  }
  if (port === undefined) throw bad('the address lacks a port', `Write ${scheme}://HOST:PORT.`);
  const listens = scheme === 'srt' && ['listener', undefined].includes(query.get('mode'));
  if (host === '' && !listens) throw bad('the address lacks a host', `Write ${scheme}://HOST:PORT.`);
}

function hlsFolder(rest: string): string {
  const folder = rest.startsWith('//') ? rest.slice(1) : rest;
  if (folder.trim() !== '') return folder;
  throw bad('"hls:" names no folder', 'Write hls:FOLDER.');
}

function readQuery(scheme: Scheme, query: string): Map<string, string> {
  const read = new Map<string, string>();
  // A server may want any query after its path; it is part of the location.
  if (scheme === 'rtsp' || scheme === 'rtsps') return read;
  for (const [name, value] of new URLSearchParams(query)) {
    const pattern = scheme === 'srt' ? SRT_QUERY[name] : undefined;
    if (!pattern) throw bad(`the address has an unknown part "${name}"`, suggestion(name, scheme === 'srt' ? Object.keys(SRT_QUERY) : []));
    if (!pattern.test(value)) throw bad(`"${name}" of the address is not right`, SRT_HINTS[name]);
    read.set(name, value);
  }
  return read;
}

const SRT_HINTS: Readonly<Record<string, string>> = {
  mode: 'It is caller, listener or rendezvous.',
  passphrase: 'It has 10 to 79 characters.',
  pbkeylen: 'It is 16, 24 or 32 bytes.',
  latency: 'It is in milliseconds.',
  streamid: 'It has at most 512 characters.',
};

function bad(message: string, hint?: string): GstIplError {
  return new GstIplError('bad-option', `${message}.`, { hint });
}
