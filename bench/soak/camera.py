"""A camera of the soak, in a process of its own: pictures with the number of their instant, by RTSP.

usage: camera.py PORT WIDTH HEIGHT RATE GREY

The stream is rtsp://127.0.0.1:PORT/cam, H.264. All cameras shoot at the same instants of the clock on the wall, and their
sender reports say when that was, as those of cameras that keep their clocks by NTP. Lines on stdin change the running
camera: "size WIDTH HEIGHT", and "late MILLISECONDS": so much longer takes a picture from the sensor to the network. It
ends when stdin closes.
"""
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "test", "support"))
from rtsp_serving import Gst, GstRtspServer, serve  # noqa: E402

port, grey = sys.argv[1], int(sys.argv[5])
width, height, rate = (int(word) for word in sys.argv[2:5])
size = (width, height)
late = 0.0

# painted-number.ts reads what is painted here.
DIGITS, BLOCK_ROWS, ZERO, ONE = 24, 8, 40, 215
NUMBERS = 2**16


def paint(number, width, height):
    """An I420 picture of one grey, the number and a check on top: binary digits as blocks, the lowest on the left."""
    number |= (number * 40503 >> 8 & 0xFF) << 16
    edges = [digit * width // DIGITS for digit in range(DIGITS + 1)]
    row = b"".join(bytes([ONE if number >> digit & 1 else ZERO]) * (edges[digit + 1] - edges[digit]) for digit in range(DIGITS))
    top = height // BLOCK_ROWS
    return row * top + bytes([grey]) * (width * (height - top)) + b"\x80" * (width * height // 2)


def ahead(clock):
    """Nanoseconds by which a clock of GStreamer is ahead of the clock on the wall; read again where a pause came between."""
    while True:
        before = time.time_ns()
        value = clock.get_time()
        after = time.time_ns()
        if after - before < 200_000:
            return value - (before + after) // 2


def shoot(source):
    """Gives pictures to one client's media until it is gone."""
    number, shown = None, None
    while True:
        now = time.time()
        number = max(int((now - late) * rate), (number or 0) + 1)
        pause = number / rate + late - now
        if pause > 0:
            time.sleep(pause)
        if size != shown:
            shown = size
            caps = f"video/x-raw,format=I420,width={shown[0]},height={shown[1]},framerate={rate}/1"
            source.set_property("caps", Gst.Caps.from_string(caps))
        clock = source.get_clock()
        if clock is None:
            continue
        # The instant on the clock of the pipeline, which the sender reports count by.
        stamp = ahead(clock) + int(number / rate * 1e9) - source.get_base_time()
        if stamp < 0:
            continue
        buffer = Gst.Buffer.new_wrapped(paint(number % NUMBERS, *shown))
        buffer.pts, buffer.duration = stamp, Gst.SECOND // rate
        if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
            return


def obey(line):
    global late, size
    word, *numbers = line.split()
    if word == "size":
        size = (int(numbers[0]), int(numbers[1]))
    if word == "late":
        late = float(numbers[0]) / 1000


Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory.new()
# Every picture is a key frame of one slice, the digits at its beginning: a decoder fills what was lost with the picture before,
# and must not take digits from there.
factory.set_launch(
    f"( appsrc name=sensor is-live=true format=time max-buffers=4 max-bytes=0 leaky-type=downstream "
    f"! x264enc speed-preset=ultrafast tune=zerolatency threads=1 key-int-max=1 bitrate=3000 ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
factory.connect(
    "media-configure",
    lambda _, media: threading.Thread(target=shoot, args=(media.get_element().get_by_name("sensor"),), daemon=True).start(),
)
serve(port, "/cam", factory, on_line=obey)
