"""A server that keeps what is published to it, for the tests: RTSP with RECORD on loopback (gst-rtsp-server).

usage: rtsp-keeper.py PORT FILE aac|opus

Pictures (H.264, first) and sound of what is announced to rtsp://127.0.0.1:PORT/live are kept in FILE (Matroska) as they come. Prints
"ready" when clients may come. It ends when stdin closes, so that no server outlives its test.
"""
import sys

from rtsp_serving import Gst, GstRtspServer, serve

port, file, codec = sys.argv[1:4]
SOUND = {"aac": "rtpmp4gdepay name=depay1 ! aacparse", "opus": "rtpopusdepay name=depay1 ! opusparse"}
Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory.new()
factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
factory.set_latency(200)
factory.set_launch(
    "( rtph264depay name=depay0 ! h264parse ! queue ! matroskamux name=kept streamable=true ! "
    f'filesink location="{file}" buffer-mode=2 sync=false async=false {SOUND[codec]} ! queue ! kept. )'
)
serve(port, "/live", factory)
