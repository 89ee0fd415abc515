/** Help in columns, for terminals: what is explained stays in its own column. Elsewhere a line is a line, for grep and pipes. */

/** A column that is narrower than this is harder to read than a long line. */
const LEAST = 30;

/** @param left what is explained, as wide as the widest @param columns of the terminal; undefined where there is none */
export function inColumns(left: string, text: string, columns: number | undefined = process.stdout.isTTY ? process.stdout.columns : undefined): string {
  const width = (columns ?? 0) - left.length;
  if (width < LEAST) return left + text;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line += line === '' ? word : ` ${word}`;
  }
  return left + [...lines, line].join(`\n${' '.repeat(left.length)}`);
}
