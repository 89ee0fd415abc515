"""What the RTSP servers of the tests have in common."""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def serve(port, path, factory, login="", on_line=lambda line: None):
    """Serves `factory` on loopback until stdin closes, so that no server outlives its test.

    Prints "ready" when clients may come. `login` is USER:PASSWORD or empty; `on_line` gets the lines of stdin.
    """
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if login:
        admit(server, factory, *login.split(":", 1))
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


def admit(server, factory, user, password):
    """Nobody else may have the factory's media."""
    auth = GstRtspServer.RTSPAuth.new()
    token = GstRtspServer.RTSPToken.new()
    token.set_string("media.factory.role", "client")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    factory.add_role_from_structure(
        Gst.Structure.from_string("client, media.factory.access=(boolean)true, media.factory.construct=(boolean)true")[0]
    )
