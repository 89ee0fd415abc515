'use strict';

/**
 * What code may write as an element's options, as TypeScript: made of the very descriptions that check, document and give the
 * schema, so that an editor shows on hover what `gst-ipl elements` prints. `plugin/<name>/options.generated.ts`, for whoever
 * composes stages (`XOptions`), and for a graph written in code (`XNode`).
 */

/** @param {Record<string, any>} schema JSON Schema, as options use it */
function typeOf(schema) {
  const { enum: choices, const: value, oneOf, type, items, properties, additionalProperties } = schema;
  if (choices) return union(choices.map(literal));
  if (value !== undefined) return literal(value);
  if (oneOf) return union(oneOf.map(typeOf));
  if (Array.isArray(type)) return union(type.map((one) => typeOf({ ...schema, type: one })));
  if (type === 'array') return `readonly ${bracketed(typeOf(items))}[]`;
  if (type === 'integer') return 'number';
  if (type === 'object' && properties) return `{ ${Object.entries(properties).map(([name, one]) => `readonly ${name}?: ${typeOf(one)}`).join('; ')} }`;
  if (type === 'object') return `Readonly<Record<string, ${typeOf(additionalProperties)}>>`;
  if (['string', 'number', 'boolean'].includes(type)) return type;
  throw new Error(`no TypeScript is known for the schema ${JSON.stringify(schema)}`);
}

const literal = (value) => (typeof value === 'string' ? `'${value}'` : String(value));
const bracketed = (type) => (type.includes(' | ') ? `(${type})` : type);

/** Each once; words that a string may be anyway are left out. */
function union(types) {
  const each = [...new Set(types.flatMap((type) => (type.includes('{') ? [type] : type.split(' | '))))];
  return each.filter((type) => !(type.startsWith("'") && each.includes('string'))).join(' | ');
}

function property(name, { schema, code, required, summary, defaultText }) {
  const text = defaultText === undefined ? summary : `${summary} Default: ${defaultText}.`;
  return `  /** ${text.replaceAll('*/', '*\\/')} */\n  readonly ${name}${required ? '' : '?'}: ${code ?? typeOf(schema)};`;
}

function inputOf({ min, max }) {
  if (max === 0) return '';
  const type = max === 1 ? 'string' : min > 1 ? 'readonly string[]' : 'string | readonly string[]';
  const what = max === 1 ? 'The node that it reads.' : `The nodes that it reads: ${min} to ${max}.`;
  return `  /** ${what} */\n  readonly from: ${type};\n`;
}

/** @returns {string} */
function optionTypes({ name, summary, input, options }) {
  const title = name[0].toUpperCase() + name.slice(1);
  const properties = Object.entries(options).map(([key, option]) => property(key, option));
  return [
    `/** Written by scripts/docs/option-types.js from the options of \`${name}\`: change them there, then \`npm run docs:pages\`. */`,
    '',
    `/** Options of \`${name}\`. */`,
    `export interface ${title}NodeOptions {`,
    ...properties,
    '}',
    '',
    `/** ${summary} */`,
    `export interface ${title}Node extends ${title}NodeOptions {`,
    `  readonly use: '${name}';`,
    `${inputOf(input)}}`,
    '',
  ].join('\n');
}

module.exports = { optionTypes, typeOf };
