/** Sentences for what is wrong with a graph file as YAML. One slip makes a parser stumble many times: only the first counts. */
import { isScalar, visit, type Alias, type Document, type YAMLError } from 'yaml';
import type { Place, Problem } from '../../core/errors';

type PlaceAt = (offset: number) => Place;

/** @returns the first fault of the syntax, after which nothing that was read is reliable */
export function syntaxProblem(yaml: Document, text: string, placeAt: PlaceAt): Problem | undefined {
  const error = yaml.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (!error) return aliasProblem(yaml, placeAt);
  const [at] = error.pos;
  const open = /end with a [\]}]|Missing closing/.test(error.message) ? lastOpened(text.slice(0, at)) : undefined;
  if (open !== undefined) {
    const sign = text[open] ?? '';
    const message = `This is not YAML: the ${sign} that is opened here is not closed.`;
    return { code: 'bad-graph', message, place: placeAt(open), hint: closingHint(sign, placeAt(at).line) };
  }
  return { code: 'bad-graph', message: `This is not YAML: ${sentence(error)}`, place: placeAt(at), hint: HINTS[error.code] };
}

/** What an alias stands for has another place, and may be as large as memory: parameters say the same once, and have a name. */
function aliasProblem(yaml: Document, placeAt: PlaceAt): Problem | undefined {
  let found: Alias | undefined;
  visit(yaml, {
    Alias(_, alias) {
      found = alias;
      return visit.BREAK;
    },
  });
  if (!found) return undefined;
  return { code: 'bad-graph', message: `Graph files take no alias: "*${found.source}".`, place: placeAt(found.range?.[0] ?? 0), hint: 'Write out what it stands for, or make it a parameter: ${name}' };
}

/** Names that are given twice in one map. Everything else can still be checked. */
export function duplicateProblems(yaml: Document, placeAt: PlaceAt): Problem[] {
  const problems: Problem[] = [];
  visit(yaml, {
    Map(_, { items }) {
      const first = new Map<string, number>();
      for (const { key } of items) {
        if (!isScalar(key) || !key.range) continue;
        const name = String(key.value);
        const earlier = first.get(name);
        if (earlier === undefined) first.set(name, key.range[0]);
        else problems.push({ code: 'bad-graph', message: `The name "${name}" is given twice.`, place: placeAt(key.range[0]), hint: `The first is in line ${placeAt(earlier).line}.` });
      }
    },
  });
  return problems;
}

const HINTS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BLOCK_IN_FLOW: 'Inside of { }, a value with ": " in it needs quotes, and values are separated by commas.',
  UNEXPECTED_TOKEN: 'Inside of { }, a value that begins with ${ needs quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'What belongs together is indented alike, and a value with ": " in it needs quotes.',
  TAB_AS_INDENT: 'Indent with spaces.',
};

function sentence({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a graph file is one document, and another begins here.';
  return /[.!]$/.test(message) ? message : `${message}.`;
}

function closingHint(sign: string, line: number | undefined): string {
  const closing = { '{': '}', '[': ']' }[sign] ?? sign;
  return `Its ${closing} is missing before line ${line}.`;
}

/** Where the innermost bracket, or the quote, was opened that is open at the end of a text. */
function lastOpened(text: string): number | undefined {
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (sign === '#' && /(^|\s)$/.test(text.slice(0, at))) at = endOf(text, '\n', at);
    // Inside of a word a quote is a letter.
    else if ((sign === '"' || sign === "'") && /(^|[:,[{\s-])\s*$/.test(text.slice(Math.max(0, at - 20), at))) {
      const end = endOfQuote(text, at);
      if (end === undefined) return at;
      at = end;
    } else if (sign === '{' || sign === '[') open.push(at);
    else if (sign === '}' || sign === ']') open.pop();
  }
  return open.at(-1);
}

function endOf(text: string, sign: string, from: number): number {
  const end = text.indexOf(sign, from);
  return end < 0 ? text.length : end;
}

function endOfQuote(text: string, start: number): number | undefined {
  const quoted = text[start] === '"' ? /"(?:[^"\\]|\\.)*"/sy : /'(?:[^']|'')*'/y;
  quoted.lastIndex = start;
  return quoted.test(text) ? quoted.lastIndex - 1 : undefined;
}
