/** Who is at the other end, as limits know it. */
import { isIPv4 } from 'node:net';

/** An address of IPv4, also where it comes as one of IPv6; of IPv6 the network (RFC 4291, 2.5.4): who has one has 2^64 of them. */
export function groupOf(address: string | undefined): string {
  const bare = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(bare) || bare === '') return bare;
  const [head = '', tail = ''] = bare.split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((word) => word !== '')) as [string[], string[]];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
