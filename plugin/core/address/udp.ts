/** What may stand behind the `?` of a UDP or RTP address. */
import { isIPv4, isIPv6 } from 'node:net';
import type { QueryPart } from './query';

export const UDP_QUERY: Readonly<Record<string, QueryPart>> = {
  /** Linux knows interfaces by at most 15 signs. */
  iface: { isRight: (value) => /^[\w.:-]{1,15}$/.test(value), hint: 'It is the name of a network interface, such as eth0: `ip link` lists them.' },
};

/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(host: string): boolean {
  const first = Number(host.split('.')[0]);
  return (isIPv4(host) && first >= 224 && first <= 239) || (isIPv6(host) && /^ff/i.test(host));
}
