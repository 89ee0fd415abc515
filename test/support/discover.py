"""Tells how long files are (seconds, one a line) as GStreamer's Discoverer reads them."""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import Gst, GstPbutils  # noqa: E402

Gst.init(None)
discoverer = GstPbutils.Discoverer.new(10 * Gst.SECOND)
for file in sys.argv[1:]:
    print(discoverer.discover_uri(Gst.filename_to_uri(file)).get_duration() / Gst.SECOND)
