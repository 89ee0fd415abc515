/** A single value, as of an option or of a property, for people to read: of an address only what is known to be no secret. */
import { authorityOf, readNetworkAddress, splitScheme, transportOf, type NetworkAddress } from '../address';
import { redact } from './redact';
import { HIDDEN, publicPath } from './redact-address';

const SECRET_PARTS = ['passphrase', 'streamid'];

/** What is like an address and cannot be read as one is hidden whole. */
export function publicValue(value: string): string {
  const { scheme = '', rest = '' } = splitScheme(value) ?? {};
  if (!rest.startsWith('//') || scheme === 'file' || scheme === 'v4l2') return redact(value);
  try {
    return transportOf(scheme) ? ofNetwork(readNetworkAddress(scheme, rest)) : ofOther(scheme, new URL(`http:${rest}`));
  } catch {
    return `${scheme}://${HIDDEN}`;
  }
}

function ofNetwork(address: NetworkAddress): string {
  const query = [...address.query].map(([name, part]) => `${name}=${SECRET_PARTS.includes(name) ? HIDDEN : part}`).join('&');
  return assemble(address.scheme, address.login !== '', authorityOf(address), address.path, query === '' ? '' : `?${query}`);
}

/** Read as HTTP's, the one form whose parts everybody agrees on. */
function ofOther(scheme: string, { username, password, host, pathname, search }: URL): string {
  return assemble(scheme, username !== '' || password !== '', host, pathname === '/' ? '' : pathname, search);
}

function assemble(scheme: string, hasLogin: boolean, authority: string, path: string, query: string): string {
  return redact(`${scheme}://${hasLogin ? `${HIDDEN}@` : ''}${authority}${publicPath(scheme, path)}${query}`);
}
