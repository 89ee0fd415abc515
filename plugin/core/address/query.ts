/** The part of an address behind the `?`, for those whose every part is known. */
import { GstIplError } from '../errors';
import { suggestion } from '../nearest';

export interface QueryPart {
  isRight(value: string): boolean;
  /** What is right, in one sentence. */
  readonly hint: string;
}

/** @throws GstIplError `bad-option`, without the value: it may be a secret */
export function readQuery(text: string, parts: Readonly<Record<string, QueryPart>>): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const piece of text.split('&').filter(Boolean)) {
    const at = piece.includes('=') ? piece.indexOf('=') : piece.length;
    const name = decode(piece.slice(0, at));
    const value = decode(piece.slice(at + 1));
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!part) throw new GstIplError('bad-option', `the address has an unknown part "${name}".`, { hint: suggestion(name, Object.keys(parts)) });
    if (!part.isRight(value)) throw new GstIplError('bad-option', `"${name}" of the address is not right.`, { hint: part.hint });
    read.set(name, value);
  }
  return read;
}

/** A `%` that begins no escape stands for itself. */
export function decode(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}
