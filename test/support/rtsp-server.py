"""A camera for the tests: an RTSP server on loopback (gst-rtsp-server, as in many real cameras).

usage: rtsp-server.py PORT LAUNCH [USER:PASSWORD]

LAUNCH makes the media; its payloaders are called pay0, pay1. The stream is rtsp://127.0.0.1:PORT/cam. Prints "ready"
when clients may come. A line "size WIDTH HEIGHT" on stdin sets the caps filter called `size` in the running media: a
camera that changes its resolution. It ends when stdin closes, so that no server outlives its test.
"""
import sys

from rtsp_serving import Gst, GstRtspServer, serve

port, launch, login = sys.argv[1], sys.argv[2], (sys.argv[3:] or [""])[0]
Gst.init(None)


class Media(GstRtspServer.RTSPMedia):
    def do_setup_rtpbin(self, rtpbin):
        # Cameras report when a picture was taken. By default this server reports when it ought to be sent, after the latency
        # that its source claims: later than it comes, and rtspsrc ignores a camera whose pictures come from the future.
        rtpbin.set_property("rtcp-sync-send-time", False)
        return True


class OneCamera(GstRtspServer.RTSPMediaFactory):
    def do_gen_key(self, url):
        # By default the port that the client knows is a part of it: behind a proxy there would be a second camera.
        return url.abspath


def obey(line):
    word, *rest = line.split()
    if word == "size":
        caps = Gst.Caps.from_string(f"video/x-raw,width={rest[0]},height={rest[1]}")
        for media in medias:
            found = media.get_element().get_by_name("size")
            if found:
                found.set_property("caps", caps)


factory = OneCamera()
factory.set_launch(f"( {launch} )")
factory.set_shared(True)
factory.set_media_gtype(Media)
medias = []
factory.connect("media-configure", lambda _, media: medias.append(media))
serve(port, "/cam", factory, login, obey)
