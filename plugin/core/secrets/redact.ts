/**
 * Takes secrets out of text before anybody reads it: passwords and keys of camera and stream addresses, in plain text, in
 * launch strings (where signs are escaped by backslashes) and in query strings. GstIplError does this to its own
 * sentences; whoever shows other text does it with `redact`, and whoever shows a single value with `publicValue`, which knows
 * where it ends.
 *
 * It would rather hide too much than too little: a path with an `@` loses what is before it.
 */
import { HIDDEN, redactAddresses } from './redact-address';

/** A quote or an angle bracket inside of a word belongs to it. */
const SIGN = String.raw`(?:\\.|["<>](?=[^\s"'<>,.;:)\]}!\\])|[^\s"&<>\\])`;
const VALUE = String.raw`(?:\\*"(?:\\.|[^"\\])*"|${SIGN}+)`;

const WORDS = 'pass|pwd|pw|secret|token|key|auth|sig|cred|session|streamid|stream-id|user|login';

/** Keys of query strings whose values nobody needs to see, wherever in the key the word is. */
const QUERY = new RegExp(String.raw`([?&;]\\*|%3f|%26)([\w.-]*(?:${WORDS})[\w.-]*)(\s*\\*=|%3d)${VALUE}`, 'gi');

/** Keys in paths, as cameras have them: `/user=admin_password=x_channel=1`. */
const PATH = new RegExp(String.raw`([/_]\\*)([a-z.-]*(?:${WORDS})[a-z.-]*)(\\*=)(?:(?!_[a-z]+\\*=|[/,])${SIGN})+`, 'gi');

/**
 * GStreamer properties, and what else looks like one. Whole names, or their last words: `key-int-max` and x264enc's `pass` are
 * no secrets.
 */
const PROPERTY = new RegExp(
  String.raw`(?<![\w-])([\w-]*(?:passphrase|password|passwd|secret)|pwd|user-id|user-pw|username|pub-?user|proxy-id|proxy-pw|key|[\w-]*(?:[-_](?:key|token)|apikey|authorization)|token|accesstoken|streamid|streamkey|cookies?)(\s*\\*=\s*(?:\\*\([^)]*\)\s*)?)${VALUE}`,
  'gi',
);

const SCHEME = /\b((?:Basic|Bearer)\s+)[\w+/=.~-]{4,}/g;
const DIGEST = /\b(Digest\s+)(?=[\w-]+\s*=)[^\n]*/g;

/** HTTP headers that carry a secret, but for the scheme of `Authorization`. */
const HEADER = /\b((?:x-)?(?:[a-z]+-)*(?:api-?key|key|token|secret|password|signature)|(?:set-)?cookie|(?:proxy-)?authorization)(["']?:\s*["']?)(?!(?:Basic|Bearer|Digest)\s|\s)[^\s"',;]+(?:;[^\n"']*)?/gi;

/** Words that are no names of headers in a sentence: "the token: ..." */
const ALONE = /^(?:key|token|secret|password|signature)$/i;

/** The same text without passwords, keys, tokens and stream ids. */
export function redact(text: string): string {
  return redactAddresses(text)
    .replace(QUERY, `$1$2$3${HIDDEN}`)
    .replace(PATH, `$1$2$3${HIDDEN}`)
    .replace(PROPERTY, `$1$2${HIDDEN}`)
    .replace(SCHEME, `$1${HIDDEN}`)
    .replace(DIGEST, `$1${HIDDEN}`)
    .replace(HEADER, (whole, name: string, colon: string) => (ALONE.test(name) && !/["']/.test(colon) ? whole : `${name}${colon}${HIDDEN}`));
}
