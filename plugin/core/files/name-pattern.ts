/** Names with a number in them (`still-%03d.jpg`), as GStreamer's elements read them: as a format of printf. */

/** A `%`, and what printf makes of it where that is a number; at most 99 digits, because no file system takes longer names. */
const PERCENT = /%(%|[-+ 0#]*\d{0,2}(?:\.\d{0,2})?[diouxX])?/g;

/** The same name inside of a pattern. */
export function literalName(name: string): string {
  return name.replaceAll('%', '%%');
}

/**
 * What is wrong with a pattern. Printf reads memory for each conversion, whether there is something or not: more than one
 * number, or anything else, shows what nobody should see, or ends the program.
 * @returns half a sentence
 */
export function faultOfPattern(pattern: string): string | undefined {
  const found = [...pattern.matchAll(PERCENT)].filter(([text]) => text !== '%%');
  const strange = found.find(([text]) => text === '%');
  if (strange) return `"${pattern.slice(strange.index, strange.index + 3)}" in it is no number`;
  return found.length > 1 ? `it has ${found.length} numbers` : undefined;
}

/** Whether it stands for several names. */
export function isNumbered(pattern: string): boolean {
  return [...pattern.matchAll(PERCENT)].some(([text]) => text !== '%%' && text !== '%');
}

/**
 * The name with something in place of its number.
 * @param number what, given the conversion, such as `%05d`
 * @param plain what is done to the rest
 */
export function fillPattern(pattern: string, number = (conversion: string): string => conversion, plain = (text: string): string => text): string {
  let end = 0;
  let filled = '';
  for (const match of pattern.matchAll(PERCENT)) {
    filled += plain(pattern.slice(end, match.index)) + (match[0] === '%%' || match[0] === '%' ? '%' : number(match[0]));
    end = match.index + match[0].length;
  }
  return filled + plain(pattern.slice(end));
}
