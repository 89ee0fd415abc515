/**
 * The child process of probe.ts: reads questions (a JSON array of launch strings, and names of properties of their elements)
 * from standard input, parses each, and writes GStreamer's message (null where it had none) and the values of the properties.
 * Plain JavaScript that calls GStreamer by itself, so that it starts fast in a checkout, too; it ends with its answer and frees nothing.
 */
'use strict';
const { readFileSync } = require('node:fs');
const koffi = require('koffi');

const gst = koffi.load('libgstreamer-1.0.so.0');
const gobject = koffi.load('libgobject-2.0.so.0');
const parse = gst.func('void *gst_parse_launch(const char *launch, _Out_ void **error)');
const find = gst.func('void *gst_bin_get_by_name(void *bin, const char *name)');
const property = gobject.func('void *g_object_class_find_property(void *class, const char *name)');
const read = gobject.func('void g_object_get_property(void *object, const char *name, void *value)');
const text = gobject.func('const char *g_value_get_string(const void *value)');
const G_TYPE_STRING = 64n;

const questions = JSON.parse(readFileSync(0, 'utf8'));
gst.func('void gst_init(void *argc, void *argv)')(null, null);

const answers = questions.map(({ launch, elements, properties }) => {
  const error = [null];
  const pipeline = parse(launch, error);
  // A GError: domain, code, message.
  if (error[0] !== null) return { message: koffi.decode(error[0], 8, 'str'), values: [] };
  return { message: null, values: elements.map((name) => valuesOf(find(pipeline, name), properties)) };
});

/** What an element has of these properties: texts, and null where nothing is set. */
function valuesOf(element, properties) {
  if (element === null) return {};
  const known = properties.flatMap((name) => {
    if (property(koffi.decode(element, 'void *'), name) === null) return [];
    const value = Buffer.alloc(24); // A GValue: its type, and 16 bytes.
    read(element, name, value);
    return value.readBigUInt64LE(0) === G_TYPE_STRING ? [[name, text(value)]] : [];
  });
  return Object.fromEntries(known);
}

process.stdout.write(JSON.stringify(answers), () => process.exit(0));
