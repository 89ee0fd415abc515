/** The words of a launch string (grammar: gst/parse/parse.l in GStreamer), and what a place in it is a part of. */

export interface LaunchToken {
  readonly text: string;
  /** Characters from the start of the fragment. */
  readonly offset: number;
}

/**
 * Splits at white space and `!` outside of quotes. As in GStreamer, white space around `=` does not split, nor does a `!`
 * in the value of a property.
 */
export function tokenize(fragment: string): LaunchToken[] {
  const quoted = String.raw`\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
  const pattern = new RegExp(String.raw`!|[\w:-]+\s*=\s*(?:${quoted}|\S)+|(?:${quoted}|[^\s!])+`, 'gs');
  return [...fragment.matchAll(pattern)].map((match) => ({ text: match[0], offset: match.index }));
}

export const CAPS = /^[\w-]+\/[\w.+-]+/;
export const ELEMENT = /^[A-Za-z][\w-]*$/;
export const PROPERTY = /^([\w:-]+)\s*=\s*(.*)$/s;

/** What a value is a part of. */
export type LaunchPlace =
  | { readonly kind: 'caps' }
  | { readonly kind: 'word' }
  /** `before` is what the property has up to the value, with its quotes. */
  | { readonly kind: 'property'; readonly factory: string | undefined; readonly property: string; readonly before: string };

/** @param before the fragment up to the value */
export function placeBehind(before: string): LaunchPlace {
  const quotes = before.replace(/\\./gs, '').split('"').length - 1;
  // A letter stands for the value, so that it belongs to a word.
  const tokens = tokenize(`${before}x${quotes % 2 === 1 ? '"' : ''}`).map(({ text }) => text);
  let factory: string | undefined;
  let inCaps = false;
  for (const text of tokens) {
    if (text === '!' || text === ':') inCaps = false;
    else if (CAPS.test(text)) inCaps = true;
    else if (!inCaps && ELEMENT.test(text)) factory = text;
  }
  if (inCaps) return { kind: 'caps' };
  const last = tokens.at(-1) ?? '';
  const [, property, written = ''] = PROPERTY.exec(last) ?? [];
  if (property === undefined) return { kind: 'word' };
  return { kind: 'property', factory, property, before: written.replace(quotes % 2 === 1 ? /x"$/ : /x$/, '') };
}
