/** The JSON Schema of graph files, for editors: made from the elements themselves, so that it cannot disagree. */
import type { ElementRegistry } from './registry';

export function graphSchema(registry: ElementRegistry): Record<string, unknown> {
  const name = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]*$' };
  // A parameter may stand wherever a value may.
  const parameter = { type: 'string', pattern: '\\$\\{[A-Za-z][A-Za-z0-9_]*\\}' };
  const elements = registry.all().map((element) => {
    const options = Object.entries(element.options as Record<string, OptionDescription>);
    const input = element.input.max > 1 ? { type: 'array', items: name, minItems: element.input.min, maxItems: element.input.max } : name;
    return {
      type: 'object',
      description: element.summary,
      properties: {
        use: { const: element.name, description: element.summary },
        ...(element.input.max > 0 ? { from: input } : {}),
        ...Object.fromEntries(
          options.map(([key, option]) => [
            key,
            { description: describeOption(option), anyOf: [option.schema, parameter] },
          ]),
        ),
      },
      required: ['use', ...(element.input.min > 0 ? ['from'] : []), ...options.filter(([, option]) => option.required).map(([key]) => key)],
      additionalProperties: false,
    };
  });
  const own = {
    type: 'object',
    description: "A user's own element: a module named by its path.",
    properties: { use: { type: 'string', pattern: '^\\.{0,2}/' }, from: { anyOf: [name, { type: 'array', items: name }] } },
    required: ['use'],
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'gst-ipl graph',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      params: {
        description: 'Parameters, used as ${name}; an empty one must be given with --set.',
        type: 'object',
        additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
      },
      nodes: {
        description: 'Nodes by name; frames flow along `from`.',
        type: 'object',
        minProperties: 1,
        propertyNames: name,
        additionalProperties: { anyOf: [...elements, own] },
      },
    },
    required: ['nodes'],
    additionalProperties: false,
  };
}

interface OptionDescription {
  readonly summary: string;
  readonly defaultText: string | undefined;
  readonly required: boolean;
  readonly schema: unknown;
}

function describeOption({ summary, defaultText }: OptionDescription): string {
  return defaultText === undefined ? summary : `${summary} Default: ${defaultText}.`;
}
