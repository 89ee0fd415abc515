/**
 * The child process of probe.ts: reads questions (a JSON array of launch strings, and names of properties of their elements)
 * from standard input, parses each, and writes GStreamer's message (null where it had none) and the values of the properties.
 * Plain JavaScript, so that it starts fast in a checkout, too.
 */
'use strict';
const { readFileSync } = require('node:fs');

const questions = JSON.parse(readFileSync(0, 'utf8'));
const { Pipeline } = require('gstreamer-superficial');

const answers = questions.map(({ launch, elements, properties }) => {
  try {
    const pipeline = new Pipeline(launch);
    return { message: null, values: elements.map((name) => valuesOf(pipeline.findChild(name), properties)) };
  } catch (error) {
    return { message: error.message, values: [] };
  }
});

/** What an element has of these properties: texts, and null where nothing is set. */
function valuesOf(element, properties) {
  if (!element) return {};
  const known = properties.map((name) => [name, element[name]]).filter(([, value]) => typeof value === 'string' || value === null);
  return Object.fromEntries(known);
}

process.stdout.write(JSON.stringify(answers), () => process.exit(0));
