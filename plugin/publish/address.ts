/** What `to` says: an address, or a folder for HLS. Read here and checked whole, so that nothing unknown reaches GStreamer. */
import { readNetworkAddress, splitScheme, type NetworkAddress } from '../core/address';
import { GstIplError } from '../core/errors';

const SCHEMES: readonly string[] = ['srt', 'udp', 'rtp', 'rtsp', 'rtsps', 'hls'];
const FORMS = 'Write srt://HOST:PORT, udp://HOST:PORT, rtp://HOST:PORT, rtsp://HOST/PATH or hls:FOLDER.';

export type Address = NetworkAddress | { readonly scheme: 'hls'; readonly folder: string };

export function isFolder(address: Address): address is { readonly scheme: 'hls'; readonly folder: string } {
  return 'folder' in address;
}

/** @throws GstIplError `bad-option`; never with a secret of the address in its sentence */
export function parseAddress(text: string): Address {
  const { scheme, rest } = splitScheme(text) ?? {};
  if (scheme === undefined || rest === undefined) throw bad('the option "to" names no address', FORMS);
  if (!SCHEMES.includes(scheme)) throw bad(`"${scheme}:" is no address that frames can be published to`, FORMS);
  if (scheme === 'hls') return { scheme, folder: hlsFolder(rest) };
  const address = readNetworkAddress(scheme, rest);
  const { transport, host, path } = address;
  if (transport === 'rtsp' && path === '') throw bad('an RTSP address names a server and a path', `Write ${scheme}://HOST:PORT/PATH.`);
  if (host === '' && transport !== 'srt') throw bad('the address lacks a host', `Write ${scheme}://HOST:PORT.`);
  return address;
}

function hlsFolder(rest: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(rest)) throw bad('the address holds a line break or control character');
  const folder = rest.startsWith('//') ? rest.slice(1) : rest;
  if (folder.trim() !== '') return folder;
  throw bad('"hls:" names no folder', 'Write hls:FOLDER.');
}

function bad(message: string, hint?: string): GstIplError {
  return new GstIplError('bad-option', `${message}.`, { hint });
}
