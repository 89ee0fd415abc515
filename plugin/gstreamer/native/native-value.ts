/** GValues and GstStructures as JavaScript values. */
import koffi from 'koffi';
import type { Library, Pointer } from './library';

/** `sizeof(GValue)`: a GType and two unions of 8 bytes (gobject/gvalue.h). */
export const GVALUE_BYTES = 24;
const DATA = 8;

/** Fundamental types, `G_TYPE_MAKE_FUNDAMENTAL(n)` = n << 2 (gobject/gtype.h). */
const BOOLEAN = 20n;
const INT = 24n;
const UINT = 28n;
const FLOAT = 56n;
const DOUBLE = 60n;
const STRING = 64n;

/** Numbers, booleans and strings as such; all else (enums, fractions, 64-bit integers, structures) as GLib writes it, if it can. */
export function readValue(library: Library, value: Buffer | Pointer): unknown {
  const bytes = typeof value === 'bigint' ? Buffer.from(koffi.view(value, GVALUE_BYTES)) : value;
  switch (bytes.readBigUInt64LE(0)) {
    case BOOLEAN:
      return bytes.readInt32LE(DATA) !== 0;
    case INT:
      return bytes.readInt32LE(DATA);
    case UINT:
      return bytes.readUInt32LE(DATA);
    case FLOAT:
      return bytes.readFloatLE(DATA);
    case DOUBLE:
      return bytes.readDoubleLE(DATA);
    case STRING:
      return library.g_value_get_string(value) as string | null;
    default:
      return asText(library, value, bytes.readBigUInt64LE(0));
  }
}

function asText(library: Library, value: Buffer | Pointer, type: bigint): string | null | undefined {
  if (!library.g_value_type_transformable(type, STRING)) return undefined;
  const text = Buffer.alloc(GVALUE_BYTES);
  library.g_value_init(text, STRING);
  library.g_value_transform(value, text);
  const read = library.g_value_get_string(text) as string | null;
  library.g_value_unset(text);
  return read;
}

/** @returns undefined where the object has no such property */
export function readProperty(library: Library, object: Pointer, name: string): unknown {
  if (!hasProperty(library, object, name)) return undefined;
  // Zeroed, it takes the property's own type.
  const value = Buffer.alloc(GVALUE_BYTES);
  library.g_object_get_property(object, name, value);
  const read = readValue(library, value);
  library.g_value_unset(value);
  return read;
}

export function hasProperty(library: Library, object: Pointer, name: string): boolean {
  // A GObject begins with the pointer to its class.
  const type = koffi.decode(object, 'void *') as Pointer;
  return library.g_object_class_find_property(type, name) !== null;
}

/** Its name, and its fields. */
export function readStructure(library: Library, structure: Pointer): Record<string, unknown> {
  const fields: Record<string, unknown> = { name: library.gst_structure_get_name(structure) };
  const count = library.gst_structure_n_fields(structure) as number;
  for (let index = 0; index < count; index += 1) {
    const name = library.gst_structure_nth_field_name(structure, index) as string;
    const value = library.gst_structure_get_value(structure, name) as Pointer | null;
    if (value !== null) fields[name] = readValue(library, value);
  }
  return fields;
}
