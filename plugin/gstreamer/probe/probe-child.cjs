/**
 * The child process of prober.ts: reads lines of questions (a JSON array of launch strings, names of properties of their elements, and
 * what these are given) from standard input, parses each, and writes a line: GStreamer's message (null where it had none), the values of
 * the properties, which given values are out of range, and which ends lead nowhere.
 * Plain JavaScript that calls GStreamer by itself, so that it starts fast in a checkout, too; it ends with its input and frees nothing.
 */
'use strict';
const { createInterface } = require('node:readline');
const koffi = require('koffi');
const { mendSides } = require('../native/long-sides.cjs');

const gst = koffi.load('libgstreamer-1.0.so.0');
const gobject = koffi.load('libgobject-2.0.so.0');
const parse = gst.func('void *gst_parse_launch(const char *launch, _Out_ void **error)');
const find = gst.func('void *gst_bin_get_by_name(void *bin, const char *name)');
const property = gobject.func('void *g_object_class_find_property(void *class, const char *name)');
const read = gobject.func('void g_object_get_property(void *object, const char *name, void *value)');
const text = gobject.func('const char *g_value_get_string(const void *value)');
const init = gobject.func('void *g_value_init(void *value, size_t type)');
const validate = gobject.func('bool g_param_value_validate(void *spec, void *value)');
const deserialize = gst.func('bool gst_value_deserialize(void *value, const char *text)');
const sinkPads = gst.func('void *gst_element_iterate_sink_pads(void *element)');
const srcPads = gst.func('void *gst_element_iterate_src_pads(void *element)');
const next = gst.func('int gst_iterator_next(void *iterator, void *value)');
const objectOf = gobject.func('void *g_value_get_object(const void *value)');
const isLinked = gst.func('bool gst_pad_is_linked(void *pad)');
const G_TYPE_STRING = 64n;
/** int, uint, long, ulong, int64, uint64, float, double: what has a range. */
const NUMBERS = [24n, 28n, 32n, 36n, 40n, 44n, 56n, 60n];
const G_VALUE_BYTES = 24; // Its type, and 16 bytes.
/** GObject (24 bytes), then of GstObject: its lock, name, parent, and the flags. */
const FLAGS_OFFSET = 48;
const [SINK_FLAG, SOURCE_FLAG] = [1 << 5, 1 << 6]; // GST_ELEMENT_FLAG_SINK and _SOURCE, which a bin has when an element in it does.
/** Of GParamSpec: GTypeInstance, name, flags, and the type of the value. */
const VALUE_TYPE_OFFSET = 24;

gst.func('void gst_init(void *argc, void *argv)')(null, null);
mendSides();

function answer({ launch, elements, properties }) {
  const error = [null];
  const pipeline = parse(launch, error);
  // A GError: domain, code, message.
  if (error[0] !== null) return { message: koffi.decode(error[0], 8, 'str'), values: [] };
  const found = elements.map(({ name, assigned }) => ({ element: find(pipeline, name), assigned }));
  return {
    message: null,
    values: found.map(({ element }) => valuesOf(element, properties)),
    clamped: found.map(({ element, assigned }) => clampedOf(element, assigned)),
    ends: elements.length > 0 ? endsOf(pipeline, found.map(({ element }) => element)) : undefined,
  };
}

function specOf(element, name) {
  return property(koffi.decode(element, 'void *'), name);
}

/** What an element has of these properties: texts, and null where nothing is set. */
function valuesOf(element, properties) {
  if (element === null) return {};
  const known = properties.flatMap((name) => {
    if (specOf(element, name) === null) return [];
    const value = Buffer.alloc(G_VALUE_BYTES);
    read(element, name, value);
    return value.readBigUInt64LE(0) === G_TYPE_STRING ? [[name, text(value)]] : [];
  });
  return Object.fromEntries(known);
}

/** What is given, read as GStreamer reads it, and not what its property may be. */
function clampedOf(element, assigned) {
  if (element === null) return [];
  return assigned.filter(([name, given]) => {
    const spec = specOf(element, name);
    const type = spec === null ? 0n : BigInt(koffi.decode(spec, VALUE_TYPE_OFFSET, 'uint64'));
    if (!NUMBERS.includes(type)) return false;
    const value = Buffer.alloc(G_VALUE_BYTES);
    init(value, Number(type));
    return deserialize(value, given) && validate(spec, value);
  });
}

function endsOf(pipeline, elements) {
  const flags = koffi.decode(pipeline, FLAGS_OFFSET, 'uint32');
  return {
    source: (flags & SOURCE_FLAG) !== 0,
    sink: (flags & SINK_FLAG) !== 0,
    loose: elements.map((element) => ({ sink: element !== null && isLoose(sinkPads(element)), src: element !== null && isLoose(srcPads(element)) })),
  };
}

function isLoose(iterator) {
  for (;;) {
    const value = Buffer.alloc(G_VALUE_BYTES);
    if (next(iterator, value) !== 1) return false;
    if (!isLinked(objectOf(value))) return true;
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => process.stdout.write(`${JSON.stringify(JSON.parse(line).map(answer))}\n`))
  .on('close', () => process.stdout.write('', () => process.exit(0)));
