/** Launch strings: values put in safely, elements found and named (grammar: gst/parse/parse.l in GStreamer). */
import { GstIplError } from '../../core/errors';
import { literalName } from '../../core/files/name-pattern';
import { CAPS, ELEMENT, placeBehind, PROPERTY, tokenize, type LaunchPlace } from './launch-tokens';
import { isPattern } from './pattern-properties';

export { tokenize };

/**
 * Escapes a value for a launch string, inside of double quotes or outside: no value can end a property, add one, or add
 * an element. (Single quotes do not quote in launch strings: GStreamer leaves them in the value.) In the name of numbered
 * files a `%` of the value is no number, and in caps and structures the value is one word.
 * @param before the fragment up to the value
 * @param after the fragment behind it
 * @throws GstIplError `bad-option` for what launch strings cannot carry.
 */
export function escapeLaunchValue(value: string, before = '', after = ''): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value)) {
    throw new GstIplError('bad-option', `${JSON.stringify(value)} holds a line break or control character.`, {
      hint: 'GStreamer launch strings cannot carry it; use a name without it.',
    });
  }
  const endsProperty = /^(?:["\s]|$)/.test(after);
  const place = placeBehind(before);
  const isWholeProperty = endsProperty && place.kind === 'property' && /^"?$/.test(place.before);
  if (isField(place, isWholeProperty) && !/^[\w./:+-]+$/.test(value)) {
    throw new GstIplError('bad-option', `${JSON.stringify(value)} cannot be a part of caps.`, {
      hint: 'It can be a number, a fraction or a word there; write other fields, lists and ranges in the graph itself.',
    });
  }
  if (place.kind === 'property' && isPattern(place.factory, place.property)) return escapeText(literalName(value), isWholeProperty, endsProperty);
  return escapeText(value, isWholeProperty, endsProperty);
}

/** Whether what is put there would be read as fields: caps and structures, but not where they are one value from end to end. */
function isField(place: LaunchPlace, isWhole: boolean): boolean {
  if (place.kind === 'caps') return true;
  return place.kind === 'property' && !isWhole && /(?:caps|properties|controls|headers|structure)$/.test(place.property);
}

function escapeText(value: string, isWholeProperty: boolean, endsProperty: boolean): string {
  // The lexer reads over an empty value to the next word, and over a last backslash; quotes around a value are dropped.
  if (isWholeProperty && (value === '' || value.endsWith('\\') || value.startsWith('"'))) return wrap(value);
  if (endsProperty && value.endsWith('\\')) {
    throw new GstIplError('bad-option', `${JSON.stringify(value)} ends with a backslash.`, {
      hint: 'GStreamer launch strings can carry it only where the parameter is the whole value of a property.',
    });
  }
  return value.replace(/[^\p{L}\p{N}_./:+@%-]/gu, '\\$&');
}

/** A string as GStreamer serializes it (gst_string_wrap): quotes, and octal for all but letters and digits. */
function wrap(value: string): string {
  const bytes = [...Buffer.from(value)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w./:+-]/.test(character) ? character : `\\\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `\\"${bytes.join('')}\\"`;
}

/**
 * A launch fragment with values put in safely.
 * @example launch`filesrc location=${path} ! decodebin`
 */
export function launch(fragment: TemplateStringsArray, ...values: readonly (string | number | boolean)[]): string {
  return fragment.raw.reduce((text, part, index) => {
    return index === 0 ? part : text + escapeLaunchValue(String(values[index - 1]), text, part) + part;
  }, '');
}

/** The text that a property gets: what escapeLaunchValue made is undone (gst/parse/grammar.y, gst_string_unwrap). */
function valueOf(written: string): string {
  const inner = /^"(.*)"$/s.exec(written)?.[1] ?? written;
  let value = '';
  let quoted = false;
  for (let at = 0; at < inner.length; at += 1) {
    if (inner[at] === '\\' && !quoted) at += 1;
    else if (inner[at] === '"' && !(quoted && inner[at - 1] === '\\')) quoted = !quoted;
    value += inner[at] ?? '';
  }
  return unwrap(value);
}

/** Undoes `wrap`; of what has quotes around it, but is not wrapped, these are dropped. */
function unwrap(text: string): string {
  const [, inner] = /^"((?:[\w./:+-]|\\[0-3][0-7]{2}|\\[^0-7])*)"$/.exec(text) ?? [];
  if (inner === undefined) return /^"(.*)"$/s.exec(text)?.[1] ?? text;
  const parts = inner.match(/\\[0-3][0-7]{2}|\\.|[^\\]/gsu) ?? [];
  return Buffer.concat(parts.map((part) => (/^\\\d/.test(part) ? Buffer.of(parseInt(part.slice(1), 8)) : Buffer.from(part.replace('\\', ''))))).toString();
}

/** An element of a launch fragment. */
export interface LaunchElement {
  /** The factory, as in `videoconvert`. */
  readonly factory: string;
  readonly offset: number;
  /** The name that the fragment gives it itself. */
  readonly name: string | undefined;
  /** Its properties, as GStreamer will read them. */
  readonly properties: ReadonlyMap<string, string>;
}

/** The elements of a fragment: not its caps, properties, references to pads or bins' parentheses. */
export function elementsOf(fragment: string): LaunchElement[] {
  const elements: LaunchElement[] = [];
  let inCaps = false;
  for (const { text, offset } of tokenize(fragment)) {
    if (text === '!') inCaps = false;
    // Caps may hold spaces: everything up to the next "!" belongs to them.
    if (CAPS.test(text)) inCaps = true;
    if (inCaps) continue;
    const last = elements.at(-1);
    const assigned = /^name\s*=\s*(.*)$/s.exec(text)?.[1]?.replace(/^["']|["']$/g, '');
    if (assigned !== undefined && last) elements[elements.length - 1] = { ...last, name: assigned };
    const [, property, written] = PROPERTY.exec(text) ?? [];
    if (property !== undefined && last) (last.properties as Map<string, string>).set(property, valueOf(written ?? ''));
    if (ELEMENT.test(text)) elements.push({ factory: text, offset, name: undefined, properties: new Map() });
  }
  return elements;
}

/** The pieces between `!`: an element with its properties, caps; where a chain ends and the next begins, several elements. */
export function segmentsOf(fragment: string): string[] {
  const cuts = tokenize(fragment).filter(({ text }) => text === '!').map(({ offset }) => offset);
  return [0, ...cuts.map((offset) => offset + 1)].map((start, index) => fragment.slice(start, cuts[index]).trim());
}

/** Caps between `!`, and those of capsfilters, as they are written, without quotes around them. */
export function capsOf(fragment: string): string[] {
  return segmentsOf(fragment).flatMap((segment) => {
    if (CAPS.test(segment)) return [segment];
    if (!/^capsfilter\s/.test(segment)) return [];
    const assigned = tokenize(segment).find(({ text }) => /^caps\s*=/.test(text))?.text ?? '';
    return assigned === '' ? [] : [assigned.replace(/^caps\s*=\s*/, '').replace(/^"(.*)"$/s, '$1')];
  });
}

/**
 * Gives every element without a name one that begins with `prefix`, so that a message on the bus can be traced to its
 * node (`factoryOf` reads it).
 * @returns the fragment, and the names of all its elements.
 */
export function nameElements(fragment: string, prefix: string): { launch: string; names: string[] } {
  let text = fragment;
  const names: string[] = [];
  const elements = elementsOf(fragment);
  for (const [index, element] of [...elements.entries()].reverse()) {
    const name = element.name ?? `${prefix}-${element.factory}-${index}`;
    names.unshift(name);
    if (element.name !== undefined) continue;
    const end = element.offset + element.factory.length;
    text = `${text.slice(0, end)} name=${name}${/^\S/.test(text.slice(end)) ? ' ' : ''}${text.slice(end)}`;
  }
  return { launch: text, names };
}

/** What an element is, by its name: one of `nameElements`, or one that GStreamer made up (`queue1`). */
export function factoryOf(name: string): string {
  return /^[A-Za-z]\w*-(.+)-\d+$/.exec(name)?.[1] ?? name.replace(/\d+$/, '');
}
