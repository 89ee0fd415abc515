"""What the RTSP servers of the tests have in common."""
import os
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402


def serve(port, path, factory, login="", on_line=lambda line: None):
    """Serves `factory` on loopback until stdin closes, so that no server outlives its test.

    Prints "ready" when clients may come. `login` is USER:PASSWORD or empty; `on_line` gets the lines of stdin. With
    RTSP_CERTIFICATE, a PEM file of certificate and key, in the environment it speaks TLS (rtsps).
    """
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(port)
    certificate = os.environ.get("RTSP_CERTIFICATE")
    if login or certificate:
        admit(server, factory, login, certificate)
    server.get_mount_points().add_factory(path, factory)
    if server.attach(None) == 0:
        sys.exit(f"port {port} cannot be had")
    loop = GLib.MainLoop()

    def read(channel, _):
        line = channel.readline()
        if line:
            on_line(line)
            return True
        loop.quit()
        return False

    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, read)
    print("ready", flush=True)
    loop.run()


def admit(server, factory, login, certificate):
    """Nobody else may have the factory's media; without a login everybody may."""
    auth = GstRtspServer.RTSPAuth.new()
    token = GstRtspServer.RTSPToken.new()
    token.set_string("media.factory.role", "client")
    if login:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*login.split(":", 1)), token)
    else:
        auth.set_default_token(token)
    if certificate:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(certificate))
    server.set_auth(auth)
    factory.add_role_from_structure(
        Gst.Structure.from_string("client, media.factory.access=(boolean)true, media.factory.construct=(boolean)true")[0]
    )
