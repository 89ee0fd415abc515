/**
 * How long a side of a picture may be, where an element's pads say something that is not so. For the process that calls it, before
 * it makes pipelines. Plain JavaScript, so that the child of ../probe/ has it in a checkout, too.
 */
'use strict';
const koffi = require('koffi');

/** As GST_VIDEO_SIZE_RANGE (gst/video/video-format.h). */
const ANY_SIDE = 2_147_483_647;

/** JPEG_MAX_DIMENSION (libjpeg's jmorecfg.h). */
const LONGEST_JPEG_SIDE = 65_500;

const TRUE_SIDES = {
  /**
   * Without a limit up to GStreamer 1.20. 1.22 made one plugin of it and of videoscale, whose arithmetic ends at 32767, and gave
   * the pads of all in it that limit, also of what does not scale. The converter below scales only the colours of Y444, to have
   * fewer of them; that stays as it is told.
   */
  videoconvert: { side: ANY_SIDE, except: 'Y444' },
  /** Says 65535; but of more than its own limit libjpeg says so on standard error, and ends the process. */
  jpegenc: { side: LONGEST_JPEG_SIDE },
};

/** GstPadDirection and GstPadPresence (gst/gstpad.h, gst/gstpadtemplate.h). */
const DIRECTIONS = { src: 1, sink: 2 };
const ALWAYS = 0;

/** Elements that are not installed have nothing to mend. */
function mendSides() {
  const gst = koffi.load('libgstreamer-1.0.so.0');
  const gobject = koffi.load('libgobject-2.0.so.0');
  koffi.disposable('long_sides_text', 'str', koffi.load('libglib-2.0.so.0').func('void g_free(void *memory)'));
  const find = gst.func('void *gst_element_factory_find(const char *name)');
  const load = gst.func('void *gst_plugin_feature_load(void *feature)');
  const typeOf = gst.func('size_t gst_element_factory_get_element_type(void *factory)');
  const classOf = gobject.func('void *g_type_class_ref(size_t type)');
  const unref = gst.func('void gst_object_unref(void *object)');
  for (const [name, truth] of Object.entries(TRUE_SIDES)) {
    const factory = find(name);
    const loaded = factory === null ? null : load(factory);
    // The class is kept for good, as GStreamer keeps it.
    if (loaded !== null) mendClass(gst, classOf(typeOf(loaded)), truth);
    for (const object of [factory, loaded]) if (object !== null) unref(object);
  }
}

/** Of pads that are made from now on: GStreamer takes a template in the place of one that has its name. */
function mendClass(gst, elementClass, truth) {
  const templateOf = gst.func('void *gst_element_class_get_pad_template(void *class, const char *name)');
  const capsOf = gst.func('void *gst_pad_template_get_caps(void *template)');
  const toText = gst.func('long_sides_text gst_caps_to_string(const void *caps)');
  const fromText = gst.func('void *gst_caps_from_string(const char *text)');
  const make = gst.func('void *gst_pad_template_new(const char *name, int direction, int presence, void *caps)');
  const add = gst.func('void gst_element_class_add_pad_template(void *class, void *template)');
  const unref = gst.func('void gst_mini_object_unref(void *object)');
  for (const [pad, direction] of Object.entries(DIRECTIONS)) {
    const told = capsOf(templateOf(elementClass, pad));
    const caps = fromText(mendText(toText(told), truth));
    if (caps !== null) add(elementClass, make(pad, direction, ALWAYS, caps));
    for (const object of [told, caps]) if (object !== null) unref(object);
  }
}

/** @param text caps as GStreamer writes them */
function mendText(text, { side, except }) {
  const mended = text.replace(/(width|height)=\(int\)\[ 1, \d+ \]/g, `$1=(int)[ 1, ${side} ]`);
  if (except === undefined) return mended;
  const others = (list) => list.split(',').map((format) => format.trim()).filter((format) => format !== except).join(', ');
  return `${text}; ${mended.replace(/\{([^}]*)\}/g, (_, list) => `{ ${others(list)} }`)}`;
}

module.exports = { LONGEST_JPEG_SIDE, mendSides };
