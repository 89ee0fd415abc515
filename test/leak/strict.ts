/** The environment in which GLib ends the process at its first complaint, and GStreamer tells at the end what is still alive. */
export const STRICT: NodeJS.ProcessEnv = {
  G_DEBUG: 'fatal-criticals',
  GST_TRACERS: 'leaks',
  GST_DEBUG: 'GST_TRACER:7',
  GST_DEBUG_NO_COLOR: '1',
};
