/**
 * Takes secrets out of text before anybody reads it: passwords and keys of camera and stream addresses, in plain text, in
 * launch strings (where signs are escaped by backslashes) and in query strings. GstIplError does this to its own
 * sentences; whoever shows other text does it with `redact`.
 *
 * It would rather hide too much than too little: a path with an `@` loses what is before it.
 */

const HIDDEN = '***';

/** A word, in which a backslash may escape any sign. */
const WORD = String.raw`(?:\\.|[^\s"<>\\])`;

/** `rtsp://user:password@host`; `\\100` is an `@` as GStreamer serializes it. */
const USER_INFO = new RegExp(String.raw`([a-z][a-z0-9+.-]*:/{2})${WORD}*(@|\\+100)`, 'gi');

const VALUE = String.raw`(?:\\*"(?:\\.|[^"\\])*"|(?:\\.|[^\s"&<>\\])+)`;

/** Keys of query strings whose values nobody needs to see, wherever in the key the word is. */
const QUERY = new RegExp(
  String.raw`([?&;]\\*|%3f|%26)([\w.-]*(?:pass|pwd|pw|secret|token|key|auth|sig|cred|session|streamid|stream-id|user|login)[\w.-]*)(\s*\\*=|%3d)${VALUE}`,
  'gi',
);

/**
 * GStreamer properties, and what else looks like one. Whole names only: `key-int-max` and x264enc's `pass` are no secrets.
 */
const PROPERTY = new RegExp(
  String.raw`(?<![\w-])(passphrase|password|passwd|pwd|user-id|user-pw|proxy-id|proxy-pw|secret|token|access[-_]token|api[-_]?key|key|streamid)(\s*\\*=\s*(?:\([^)]*\)\s*)?)${VALUE}`,
  'gi',
);

const HEADER = /\b((?:Basic|Bearer|Digest)\s+)[\w+/=.~-]{4,}/g;

/** The same text without passwords, keys, tokens and stream ids. */
export function redact(text: string): string {
  return text
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(QUERY, `$1$2$3${HIDDEN}`)
    .replace(PROPERTY, `$1$2${HIDDEN}`)
    .replace(HEADER, `$1${HIDDEN}`);
}
