"""A server that streams are published to, for the tests: RTSP with RECORD on loopback (gst-rtsp-server).

usage: rtsp-recorder.py PORT FILE [USER:PASSWORD]

What is announced to rtsp://127.0.0.1:PORT/live is decoded and written to FILE as pictures of 16 x 16 grey pixels. Prints
"ready" when clients may come, and "recording" when one has. It ends when stdin closes, so that no server outlives its
test.
"""
import sys

from rtsp_serving import Gst, GstRtspServer, serve

port, file, login = sys.argv[1], sys.argv[2], (sys.argv[3:] or [""])[0]
Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
factory.set_latency(0)
factory.set_launch(
    "( decodebin name=depay0 ! videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=16,height=16 "
    f'! filesink location="{file}" buffer-mode=2 sync=false async=false )'
)
factory.connect("media-configure", lambda *_: print("recording", flush=True))
serve(port, "/live", factory, login)
