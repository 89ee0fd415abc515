/** What is in a bin, and in the bins in it. */
import type { Library, Pointer } from './library';
import { GVALUE_BYTES } from './native-value';

/** gst/gstiterator.h, GstIteratorResult; 0 is the end. */
const OK = 1;
/** Something came or went. */
const RESYNC = 2;

/** @returns each with a reference, which is the caller's */
export function elementsOf(library: Library, bin: Pointer, factory: string): Pointer[] {
  const iterator = library.gst_bin_iterate_all_by_element_factory_name(bin, factory) as Pointer;
  const found = new Set<Pointer>();
  const value = Buffer.alloc(GVALUE_BYTES);
  for (;;) {
    const result = library.gst_iterator_next(iterator, value) as number;
    if (result === RESYNC) library.gst_iterator_resync(iterator);
    else if (result !== OK) break;
    else {
      const element = library.g_value_get_object(value) as Pointer;
      if (!found.has(element)) found.add(library.gst_object_ref(element) as Pointer);
      library.g_value_unset(value);
    }
  }
  library.gst_iterator_free(iterator);
  return [...found];
}
