/** What is the same in all addresses: the host, its port, and what no address holds. */
import { isIPv6 } from 'node:net';
import { GstIplError } from '../errors';

const ZONE_HINT = 'Use an address that needs none, IPv4 or IPv6 that begins with fd (unique local); for a multicast group write ?iface=NAME.';

export const SIGNS_HINT = 'Signs such as /, ? and # in names and passwords are written as %2F, %3F and %23.';

/** Half of a surrogate pair is no text either. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]|\p{Cs}/u;

export function holdsControl(text: string): boolean {
  return CONTROL.test(text);
}

/** @returns undefined for what is none @throws GstIplError `bad-option` */
export function readHost(text: string): { host: string; port: number | undefined } | undefined {
  const [, bracketed, name, digits] = /^(?:\[([^\]]*)\]|([^\s:[\]"'\\<>^`{|}!()]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const zone = /%.*$/.exec(bracketed ?? '')?.[0];
  if (zone !== undefined) throw bad(`the address names an interface ("${zone}") behind an IPv6 address, and GStreamer drops it`, ZONE_HINT);
  const host = bracketed ?? name;
  const port = digits === undefined ? undefined : Number(digits);
  if (host === undefined || (bracketed !== undefined && !isIPv6(bracketed)) || port === 0 || (port ?? 1) > 65535) return undefined;
  return { host, port };
}

/** Host and port as addresses write them. */
export function authorityOf({ host, port }: { readonly host: string; readonly port: number | undefined }): string {
  return `${isIPv6(host) ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`;
}

export function bad(sentence: string, hint?: string): GstIplError {
  return new GstIplError('bad-option', `${sentence}.`, { hint });
}
