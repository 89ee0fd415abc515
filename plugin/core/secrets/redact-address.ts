/**
 * Addresses in text, without their secrets: logins, keys of streams, parts of paths that are drawn by lot. Where an address
 * ends cannot be seen in text when a password holds a space or a quote; what may be one is hidden up to its `@`.
 */
export const HIDDEN = '***';

const BEGIN = /([a-z][a-z0-9+.-]*):\/\//gi;

/** Up to a space. A backslash escapes any sign (launch strings, JSON); a quote inside of a word belongs to it. */
const WORD = /^(?:\\.|["'<>](?=[^\s"'<>,.;:)\]}!\\])|[^\s"'<>\\])*/su;

/** `\\100` is an `@` as GStreamer serializes it. */
const AT = /@|\\+100/g;

const HOST = /^(?:\[[\da-f:.]*\]|[\p{L}\p{N}._~*-]*)(?::\d{1,5})?[.,;:!)]*$/iu;

/** What follows in a launch string or in a sentence that goes on: no password. */
const GOES_ON = /\s!\s|\s[\w-]+=|["']\s/;

export function redactAddresses(text: string): string {
  let shown = '';
  let end = 0;
  for (const { 0: begin, 1: scheme = '', index } of text.matchAll(BEGIN)) {
    if (index < end || /^file$/i.test(scheme)) continue; // A part of the one before, or of this machine.
    const start = index + begin.length;
    const line = upToNext(text.slice(start).split('\n', 1)[0] ?? '');
    const login = loginLength(line);
    const word = WORD.exec(line.slice(login))?.[0] ?? '';
    const [authority = ''] = /^[^/?#]*/.exec(word) ?? [];
    const path = publicPath(scheme.toLowerCase(), word.slice(authority.length));
    // An @ of RTMP that stands behind a slash may as well be a part of the stream key.
    const isKey = /^rtmp/i.test(scheme) && /[/?#]/.test(line.slice(0, login));
    shown += text.slice(end, start) + (login > 0 && !isKey ? `${HIDDEN}@` : '') + (isKey ? HIDDEN : authority + path);
    end = start + login + word.length;
  }
  return shown + text.slice(end);
}

/** Up to where another address begins. Inside of the same word it may as well be a part of a password, or of a stream key. */
function upToNext(line: string): string {
  const word = WORD.exec(line)?.[0] ?? '';
  return line.slice(0, [...line.matchAll(BEGIN)].find(({ index }) => index >= word.length)?.index);
}

/** Characters up to the host, with the `@`. */
function loginLength(line: string): number {
  const word = WORD.exec(line)?.[0] ?? '';
  const login = lastAt(word);
  const rest = word.slice(login);
  const [authority = ''] = /^[^/?#]*/.exec(rest) ?? [];
  const behind = lastAt(line.slice(word.length));
  if (behind === 0) return login;
  const isHost = authority !== '' && HOST.test(authority.replace(/\\+$/, ''));
  if (isHost && (authority.length < rest.length || GOES_ON.test(line.slice(word.length, word.length + behind)))) return login;
  return word.length + behind;
}

function lastAt(text: string): number {
  const last = [...text.matchAll(AT)].at(-1);
  return last ? last.index + last[0].length : 0;
}

/** Long, of capitals, small letters and digits; or hexadecimal digits: nobody calls a stream that. */
const BY_LOT = /^(?:(?=[^\d]*\d)(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[\w-]{14,}|(?=[^\d]*\d)[\da-f]{20,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** @param path with its query, which `redact` looks into */
export function publicPath(scheme: string, path: string): string {
  const [, way = '', query = ''] = /^([^?#]*)(.*)$/s.exec(path) ?? [];
  // Servers know publishers by what follows the application: the stream key. Words behind it are settings, logins among them.
  if (/^rtmp/.test(scheme)) return way.replace(/^(\/[^/]*)\/.+$/s, `$1/${HIDDEN}`) + (query === '' ? '' : `?${HIDDEN}`);
  return way.split('/').map((part) => (BY_LOT.test(part.replace(/\\+$/, '')) ? part.replace(/^.*[^\\]/s, HIDDEN) : part)).join('/') + query;
}
