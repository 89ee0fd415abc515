/**
 * Addresses of queues: `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, `rediss://` with TLS. The login ends at the last `@` before
 * the path, so that a password may hold one; `%XX` stands for a byte.
 */
import { authorityOf, bad, holdsControl, readHost, SIGNS_HINT } from './host';
import { decode } from './query';

export interface RedisAddress {
  readonly scheme: 'redis' | 'rediss';
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly user: string | undefined;
  /** Secret. */
  readonly password: string | undefined;
  /** Without the login: for people to read. */
  readonly shown: string;
}

const PORT = 6379;

/** @throws GstIplError `bad-option`, with no secret of the address in its sentence */
export function readRedisAddress(text: string): RedisAddress {
  if (holdsControl(text)) throw bad('the address holds a line break or control character');
  const [, scheme, authority, database] = /^(rediss?):\/\/([^/?#]*)(?:\/(\d{0,5}))?$/i.exec(text.trim()) ?? [];
  if (scheme === undefined || authority === undefined) throw badForm();
  const end = authority.lastIndexOf('@');
  const found = readHost(authority.slice(end + 1));
  if (!found || found.host === '') throw badForm();
  const { host, port = PORT } = found;
  const kind = scheme.toLowerCase() as RedisAddress['scheme'];
  const shown = `${kind}://${authorityOf({ host, port })}${database ? `/${database}` : ''}`;
  return { scheme: kind, host, port, database: Number(database ?? 0), ...readLogin(authority.slice(0, Math.max(end, 0))), shown };
}

function readLogin(text: string): Pick<RedisAddress, 'user' | 'password'> {
  if (text === '') return { user: undefined, password: undefined };
  const at = text.indexOf(':');
  // `redis://secret@host` is a password to some clients and a user to others.
  if (at < 0) throw bad('the address has a user without a password', 'Write redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST.');
  const [user, password] = [text.slice(0, at), text.slice(at + 1)].map(decode);
  return { user: user === '' ? undefined : user, password: password === '' ? undefined : password };
}

function badForm(): ReturnType<typeof bad> {
  return bad('it is not an address like redis://HOST[:PORT][/DATABASE]', SIGNS_HINT);
}
