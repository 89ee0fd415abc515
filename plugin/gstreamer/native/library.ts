/**
 * The functions of GStreamer, GObject and GLib that are used, as their headers declare them. koffi calls them; what goes
 * beyond one call is in ./native-pipeline.ts and ./native-element.ts. Pointers are BigInts, null is null, and `text` is a
 * `char *` that is freed once it is read.
 */
import koffi from 'koffi';
import { mendSides } from './long-sides.cjs';

export type Pointer = bigint;

type Callable = ReturnType<ReturnType<typeof koffi.load>['func']>;

/** By the names that they have with every GStreamer 1.x on Linux. */
function bind() {
  const glib = koffi.load('libglib-2.0.so.0');
  const gobject = koffi.load('libgobject-2.0.so.0');
  const gst = koffi.load('libgstreamer-1.0.so.0');
  const app = koffi.load('libgstapp-1.0.so.0');
  koffi.disposable('text', 'str', glib.func('void g_free(void *memory)'));
  return {
    g_thread_pool_new: glib.func('void *g_thread_pool_new(void *work, uintptr_t argument, int threads, int exclusive, void *error)'),
    g_thread_pool_push: glib.func('int g_thread_pool_push(void *pool, void *subject, void *error)'),
    g_thread_pool_unprocessed: glib.func('unsigned int g_thread_pool_unprocessed(void *pool)'),
    g_thread_pool_free: glib.func('void g_thread_pool_free(void *pool, int immediate, int wait)'),
    g_error_free: glib.func('void g_error_free(void *error)'),
    g_object_get_property: gobject.func('void g_object_get_property(void *object, const char *name, void *value)'),
    g_object_class_find_property: gobject.func('void *g_object_class_find_property(void *class, const char *name)'),
    g_value_init: gobject.func('void *g_value_init(void *value, size_t type)'),
    g_value_unset: gobject.func('void g_value_unset(void *value)'),
    g_value_get_object: gobject.func('void *g_value_get_object(const void *value)'),
    g_value_get_string: gobject.func('const char *g_value_get_string(const void *value)'),
    g_value_type_transformable: gobject.func('int g_value_type_transformable(size_t from, size_t to)'),
    g_value_transform: gobject.func('int g_value_transform(const void *from, void *to)'),
    gst_init: gst.func('void gst_init(void *argc, void *argv)'),
    gst_parse_launch: gst.func('void *gst_parse_launch(const char *launch, _Out_ void **error)'),
    gst_object_ref: gst.func('void *gst_object_ref(void *object)'),
    gst_object_ref_sink: gst.func('void *gst_object_ref_sink(void *object)'),
    gst_object_unref: gst.func('void gst_object_unref(void *object)'),
    gst_object_get_name: gst.func('text gst_object_get_name(void *object)'),
    gst_object_get_path_string: gst.func('text gst_object_get_path_string(void *object)'),
    gst_mini_object_ref: gst.func('void *gst_mini_object_ref(void *object)'),
    gst_mini_object_make_writable: gst.func('void *gst_mini_object_make_writable(void *object)'),
    gst_mini_object_unref: gst.func('void gst_mini_object_unref(void *object)'),
    /** For what cannot hang; else by ./apart.ts. */
    gst_element_set_state: gst.func('int gst_element_set_state(void *element, int state)'),
    /** Only their addresses: they are called by ./apart.ts. */
    addressOf: { setState: gst.symbol('gst_element_set_state', 'void') as Pointer, sendEvent: gst.symbol('gst_element_send_event', 'void') as Pointer },
    gst_element_get_state: gst.func('int gst_element_get_state(void *element, void *state, void *pending, uint64_t timeout)'),
    gst_element_get_current_running_time: gst.func('uint64_t gst_element_get_current_running_time(void *element)'),
    gst_element_query_duration: gst.func('int gst_element_query_duration(void *element, int format, _Out_ int64_t *duration)'),
    gst_element_seek: gst.func('int gst_element_seek(void *element, double rate, int format, int flags, int startType, int64_t start, int stopType, int64_t stop)'),
    gst_element_get_bus: gst.func('void *gst_element_get_bus(void *element)'),
    gst_event_new_eos: gst.func('void *gst_event_new_eos()'),
    gst_element_get_static_pad: gst.func('void *gst_element_get_static_pad(void *element, const char *name)'),
    gst_pad_add_probe: gst.func('unsigned long gst_pad_add_probe(void *pad, int mask, void *callback, uintptr_t data, void *destroy)'),
    gst_bin_new: gst.func('void *gst_bin_new(const char *name)'),
    gst_bin_get_by_name: gst.func('void *gst_bin_get_by_name(void *bin, const char *name)'),
    gst_bin_iterate_all_by_element_factory_name: gst.func('void *gst_bin_iterate_all_by_element_factory_name(void *bin, const char *factory)'),
    gst_iterator_next: gst.func('int gst_iterator_next(void *iterator, void *value)'),
    gst_iterator_resync: gst.func('void gst_iterator_resync(void *iterator)'),
    gst_iterator_free: gst.func('void gst_iterator_free(void *iterator)'),
    gst_pipeline_set_auto_flush_bus: gst.func('void gst_pipeline_set_auto_flush_bus(void *pipeline, int flush)'),
    gst_system_clock_obtain: gst.func('void *gst_system_clock_obtain()'),
    gst_pipeline_use_clock: gst.func('void gst_pipeline_use_clock(void *pipeline, void *clock)'),
    gst_pipeline_set_latency: gst.func('void gst_pipeline_set_latency(void *pipeline, uint64_t latency)'),
    gst_pipeline_set_delay: gst.func('void gst_pipeline_set_delay(void *pipeline, uint64_t delay)'),
    gst_util_set_object_arg: gst.func('void gst_util_set_object_arg(void *object, const char *name, const char *value)'),
    gst_bus_timed_pop: gst.func('void *gst_bus_timed_pop(void *bus, uint64_t timeout)'),
    gst_bus_set_flushing: gst.func('void gst_bus_set_flushing(void *bus, int flushing)'),
    gst_bus_post: gst.func('int gst_bus_post(void *bus, void *message)'),
    gst_message_new_application: gst.func('void *gst_message_new_application(void *source, void *structure)'),
    gst_message_type_get_name: gst.func('const char *gst_message_type_get_name(int type)'),
    gst_message_get_structure: gst.func('const void *gst_message_get_structure(void *message)'),
    gst_message_parse_error: gst.func('void gst_message_parse_error(void *message, _Out_ void **error, void *debug)'),
    gst_message_parse_warning: gst.func('void gst_message_parse_warning(void *message, _Out_ void **error, void *debug)'),
    gst_structure_new_empty: gst.func('void *gst_structure_new_empty(const char *name)'),
    gst_structure_get_name: gst.func('const char *gst_structure_get_name(const void *structure)'),
    gst_structure_n_fields: gst.func('int gst_structure_n_fields(const void *structure)'),
    gst_structure_nth_field_name: gst.func('const char *gst_structure_nth_field_name(const void *structure, unsigned int index)'),
    gst_structure_get_value: gst.func('const void *gst_structure_get_value(const void *structure, const char *name)'),
    gst_caps_from_string: gst.func('void *gst_caps_from_string(const char *text)'),
    gst_caps_to_string: gst.func('text gst_caps_to_string(const void *caps)'),
    gst_sample_get_caps: gst.func('const void *gst_sample_get_caps(void *sample)'),
    gst_sample_get_buffer: gst.func('void *gst_sample_get_buffer(void *sample)'),
    gst_sample_get_segment: gst.func('const void *gst_sample_get_segment(void *sample)'),
    gst_segment_to_running_time: gst.func('uint64_t gst_segment_to_running_time(const void *segment, int format, uint64_t position)'),
    gst_segment_to_running_time_full: gst.func('int gst_segment_to_running_time_full(const void *segment, int format, uint64_t position, _Out_ uint64_t *running_time)'),
    gst_segment_to_stream_time: gst.func('uint64_t gst_segment_to_stream_time(const void *segment, int format, uint64_t position)'),
    gst_buffer_get_size: gst.func('size_t gst_buffer_get_size(void *buffer)'),
    gst_buffer_resize: gst.func('void gst_buffer_resize(void *buffer, intptr_t offset, intptr_t size)'),
    gst_buffer_extract: gst.func('size_t gst_buffer_extract(void *buffer, size_t offset, void *to, size_t size)'),
    gst_buffer_new_allocate: gst.func('void *gst_buffer_new_allocate(void *allocator, size_t size, void *params)'),
    gst_buffer_fill: gst.func('size_t gst_buffer_fill(void *buffer, size_t offset, const void *from, size_t size)'),
    gst_app_sink_pull_sample: app.func('void *gst_app_sink_pull_sample(void *sink)'),
    gst_app_src_get_current_level_buffers: app.func('uint64_t gst_app_src_get_current_level_buffers(void *source)'),
    gst_app_src_set_caps: app.func('void gst_app_src_set_caps(void *source, const void *caps)'),
    gst_app_src_end_of_stream: app.func('int gst_app_src_end_of_stream(void *source)'),
    gst_app_src_push_buffer: app.func('int gst_app_src_push_buffer(void *source, void *buffer)'),
  };
}

export type Library = ReturnType<typeof bind>;

let library: Library | undefined;

/** Loads the libraries and starts GStreamer, once. @throws Error of the loader, which names the library that is missing */
export function loadLibrary(): Library {
  if (library) return library;
  library = bind();
  library.gst_init(null, null);
  mendSides();
  return library;
}

/** Calls a function on a thread of libuv's pool: for what waits, or takes long, but ends when the pipeline is stopped. What may never end: ./apart.ts. */
export function elsewhere<T>(work: Callable, ...args: unknown[]): Promise<T> {
  return new Promise((resolve, reject) => {
    work.async(...args, (error: Error | null, result: T) => {
      args.length = 0; // Held until here: the thread reads and writes the memory of arrays that were given to it.
      if (error) reject(error);
      else resolve(result);
    });
  });
}
