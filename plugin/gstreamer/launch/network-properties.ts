/** Parts of network addresses as properties of GStreamer's elements, the same for sources and sinks. */
import { authorityOf, type NetworkAddress } from '../../core/address';
import { srtMode } from '../../core/address/srt';
import { escapeLaunchValue, launch } from './launch';
import type { Trust } from '../tls/tls';

/**
 * Of srtsrc and srtsink.
 * @param host as GStreamer is to call it, which may be the address that a name stands for
 * @param usual what holds where the address says nothing
 */
export function srtProperties(address: NetworkAddress, host: string, usual: Readonly<Record<string, string>> = {}): string {
  // The mode counts in the address only: as a property it is overruled by it (srtsink 1.22).
  const uri = `srt://${authorityOf({ host, port: address.port })}?mode=${srtMode(address)}`;
  const settings = new Map([...Object.entries(usual), ...address.query]);
  settings.delete('mode');
  return [launch`uri=${uri}`, ...[...settings].map(([name, value]) => `${name}=${escapeLaunchValue(value, `${name}=`)}`)].join(' ');
}

/** Of udpsrc and udpsink: begins with a space, or is empty. */
export function multicastInterface(query: NetworkAddress['query']): string {
  const name = query.get('iface');
  return name === undefined ? '' : launch` multicast-iface=${name}`;
}

/** @param relay port of the TlsRelay that encrypts, where there is one */
export function rtspLocation({ scheme, login, path, ...address }: NetworkAddress, relay?: number): string {
  return relay === undefined ? `${scheme}://${login}${authorityOf(address)}${path}` : `rtsp://${login}127.0.0.1:${relay}${path}`;
}

/** Of rtspsrc and rtspclientsink: ends with a space, or is empty. */
export function tlsProperties({ scheme }: NetworkAddress, trust: Trust): string {
  return scheme.startsWith('rtsps') && trust === 'insecure' ? 'tls-validation-flags=0 ' : '';
}
