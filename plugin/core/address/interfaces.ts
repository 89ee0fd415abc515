/** Network interfaces that addresses and elements name: a name that is not there would be found out only at work. */
import { existsSync, readdirSync } from 'node:fs';
import { GstIplError } from '../errors';
import { suggestion } from '../nearest';

/** Every interface, also one that is down or has no address, which Node's own list leaves out. */
const INTERFACES = '/sys/class/net';

/**
 * @param names one, or several with commas between, as udpsrc takes them
 * @throws GstIplError `bad-option`
 */
export function requireInterfaces(names: string | undefined): void {
  if (names === undefined || !existsSync(INTERFACES)) return;
  const known = readdirSync(INTERFACES);
  for (const name of names.split(',').map((part) => part.trim())) {
    // `eth0:1` is another address of eth0.
    if (name === '' || known.includes(name.replace(/:.*$/, ''))) continue;
    throw new GstIplError('bad-option', `there is no network interface "${name}".`, { hint: `${suggestion(name, known)} \`ip link\` lists them.` });
  }
}
