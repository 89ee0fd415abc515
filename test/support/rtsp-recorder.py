"""A server that streams are published to, for the tests: RTSP with RECORD on loopback (gst-rtsp-server).

usage: rtsp-recorder.py PORT FILE [USER:PASSWORD [CODEC]]

What is announced to rtsp://127.0.0.1:PORT/live is decoded and written to FILE as pictures of 16 x 16 grey pixels; with the CODEC of its
sound, `aac` or `opus`, both are kept as they come, as Matroska, and with `h265` the pictures alone, as a byte stream. Prints
"ready" when clients may come, and "recording" when one has. It ends when stdin closes, so that no server outlives its
test.
"""
import sys

from rtsp_serving import Gst, GstRtspServer, serve

port, file, login, codec = [*sys.argv[1:], "", ""][:4]
Gst.init(None)


class Media(GstRtspServer.RTSPMedia):
    def do_setup_rtpbin(self, rtpbin):
        # By the stamps and reports of the sender alone, which are what is tested: by default, stamps are corrected by when packets come.
        rtpbin.set_property("buffer-mode", "synced")
        return True


factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
factory.set_latency(1000 if codec in ("aac", "opus") else 0)
written = f'filesink location="{file}" buffer-mode=2 sync=false async=false'
if codec == "h265":
    factory.set_launch(f"( rtph265depay name=depay0 ! h265parse ! video/x-h265,stream-format=byte-stream ! {written} )")
elif codec:
    factory.set_media_gtype(Media)
    # rtspclientsink announces what was linked to it last first.
    depayloader, parser = {"aac": ("rtpmp4gdepay", "aacparse"), "opus": ("rtpopusdepay", "opusparse")}[codec]
    factory.set_launch(
        f"( matroskamux name=both streamable=true ! {written} "
        f"{depayloader} name=depay0 ! {parser} ! queue ! both. rtph264depay name=depay1 ! h264parse ! queue ! both. )"
    )
else:
    factory.set_launch(f"( decodebin name=depay0 ! videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=16,height=16 ! {written} )")
factory.connect("media-configure", lambda *_: print("recording", flush=True))
serve(port, "/live", factory, login)
