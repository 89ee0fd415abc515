"""Makes examples/media: a real still bracket and a staggered three-exposure video.

usage: python3 models/train media [--frame n out.png]
The scene of the video is an Ultra HDR phone photograph (ultrahdr/pixel6pro_02.jpg, CC BY
4.0) as linear light; a slow pan, a passing car (a mirrored, re-coloured cut-out of the same
photograph), swaying trees, birds and falling leaves are added, so that the truth is known.
"""
import argparse
import os
import subprocess

import cv2
import numpy as np

from data import camera, lay_out, ultrahdr
from data.planes import to_code
from folders import REPOSITORY

MEDIA = os.path.join(REPOSITORY, 'examples', 'media')
WIDTH, HEIGHT, RATE, FRAMES = 1280, 720, 30, 90
BASE = 1500                                # pixels: width of the scene the window pans over
EV = (-2.6, 0.0, 2.6)                      # stops around the middle exposure
SHUTTER = (1 / 3600, 1 / 590, 1 / 97)      # seconds, 2.6 stops apart
STAGGER = 1 / 90                           # seconds between the three exposures of a frame
# The silver car in the foreground of the photograph, in its pixels.
CAR = np.array([(430, 3072), (480, 3050), (563, 3017), (630, 2967), (713, 2908), (797, 2858), (880, 2827),
                (963, 2808), (1097, 2783), (1280, 2767), (1447, 2760), (1580, 2760), (1697, 2767),
                (1830, 2783), (1947, 2808), (2047, 2842), (2147, 2888), (2230, 2942), (2313, 2997), (2405, 3072)])


class Camera:
    """The same rendering for all three: sRGB-like gamma with a soft shoulder."""

    def __init__(self):
        rng = np.random.default_rng(3)
        self.curve, self.sensor = camera.Curve(rng), camera.Sensor(rng)
        self.curve.shoulder, self.curve.gamma, self.curve.contrast = 0.6, 2.2, 0.15
        self.curve.saturation, self.curve.balance = 1.0, np.ones(3, np.float32)
        self.curve.table = self.curve.shape(np.linspace(0, 1, 4096, dtype=np.float32))
        self.sensor.full_well, self.sensor.read, self.sensor.gain = 5000.0, 1.5e-3, 0.1

    def shoot(self, rng, radiance, k):
        return to_code(self.curve.render(
            self.sensor.expose(rng, radiance * np.float32(2 ** EV[k]), EV[2] - EV[k])))


class Scene:
    """Everything that is seen, as a function of time in seconds."""

    def __init__(self):
        photo = ultrahdr.read(os.path.join(lay_out.LAID_OUT, 'ultrahdr/pixel6pro_02.jpg'))
        photo = photo / np.median(photo) * 0.18
        photo = 0.18 * (photo / 0.18) ** 1.45  # undoes some of the phone's local tone mapping
        scale = BASE / photo.shape[1]
        base = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self.base = base[base.shape[0] - (HEIGHT + 24):].copy()
        mask = np.zeros(photo.shape[:2], np.uint8)
        cv2.fillPoly(mask, [CAR], 255)
        box = slice(2740, 3072), slice(400, 2440)
        car = cv2.resize(np.dstack([photo[box], np.float32(mask[box]) / 255]), None, fx=scale * 1.15,
                         fy=scale * 1.15, interpolation=cv2.INTER_AREA)[:, ::-1]
        car[..., :3] *= np.float32([0.25, 0.22, 0.9])
        car[..., :3] *= car[..., 3:]
        self.car = np.ascontiguousarray(car)
        rng = np.random.default_rng(11)
        h, w = self.base.shape[:2]
        self.noise = [[cv2.resize(np.float32(rng.normal(0, 1, (h // 30, w // 30))), (w, h),
                                  interpolation=cv2.INTER_CUBIC) for _ in range(2)] for _ in range(2)]
        rows = np.clip((np.arange(h) - h * 0.36) / 60, 0, 1) * np.clip((h * 0.78 - np.arange(h)) / 30, 0, 1)
        columns = np.clip((0.46 * w - np.arange(w)) / 30, 0, 1)  # the trees left of the lamp post
        self.sway = np.float32(rows[:, None] * columns * 1.5)
        self.grid = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        self.birds = [(rng.uniform(-0.25, 0.55) * WIDTH, rng.uniform(0.08, 0.4) * HEIGHT, rng.uniform(6, 15),
                       rng.uniform(0, 6), rng.uniform(4, 6)) for _ in range(9)]
        self.leaves = [(rng.uniform(0, WIDTH), rng.uniform(-1.2, 0.9) * HEIGHT, rng.uniform(7, 20), rng.uniform(0, 6),
                        rng.uniform(1.5, 4), np.float32(rng.uniform([.01, .06, .2], [.05, .25, .6]))) for _ in range(16)]

    def at(self, t):
        """Radiance [HEIGHT,WIDTH,3] at one instant."""
        s, c = np.sin(7 * t), np.cos(5.3 * t)
        dx, dy = (self.sway * (s * a + c * b) for a, b in zip(*self.noise))
        left, top = 20 + 62 * t, 12 + 3 * np.sin(2.1 * t)  # pan and a little unsteadiness
        swayed = cv2.remap(self.base, self.grid[0] + dx, self.grid[1] + dy, cv2.INTER_CUBIC,
                           borderMode=cv2.BORDER_REFLECT)
        pan = np.float32([[1, 0, -left], [0, 1, -top]])
        x = np.maximum(cv2.warpAffine(swayed, pan, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC), 0)
        for bird in self.birds:
            self.bird(x, t, *bird)
        matrix = np.float32([[1, 0, -900 + 780 * t], [0, 1, HEIGHT - self.car.shape[0] + 6]])
        car = cv2.warpAffine(self.car, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
        x = x * (1 - car[..., 3:]) + car[..., :3]
        for leaf in self.leaves:
            self.leaf(x, t, *leaf)
        return x

    @staticmethod
    def stamp(x, polygon, colour):
        """Fills a polygon (pixels, subpixel exact) with a radiance, edges smoothed."""
        low = np.maximum(np.int32(polygon.min(0)) - 2, 0)
        high = np.minimum(np.int32(polygon.max(0)) + 3, [WIDTH, HEIGHT])
        if (high <= low).any():
            return
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        cv2.fillPoly(mask, [np.int32((polygon - low) * 256)], 255, cv2.LINE_AA, 8)
        part = x[low[1]:high[1], low[0]:high[0]]
        alpha = np.float32(mask)[..., None] / 255
        part += alpha * (colour - part)

    def bird(self, x, t, left, top, size, phase, rate):
        """Wings that flap; a dark silhouette flying to the right."""
        flap = 0.55 * np.sin(2 * np.pi * rate * t + phase)
        at = np.array([left + 260 * t, top + 12 * np.sin(1.7 * t + phase)])
        shape = np.array([(0.55, 0), (0.1, -0.12), (-0.2, -flap - 0.1), (-0.55, -1.6 * flap), (-0.15, -0.5 * flap),
                          (-0.7, 0.05), (0.0, 0.14)])
        self.stamp(x, at + size * shape, np.float32([0.012, 0.011, 0.01]))
        self.stamp(x, at + size * shape * [0.8, 0.8] + [size * 0.15, 0], np.float32([0.012, 0.011, 0.01]))

    def leaf(self, x, t, left, top, size, phase, spin, colour):
        """A falling leaf: an almond that turns and drifts."""
        u = np.linspace(0, 2 * np.pi, 24)
        almond = np.stack([np.cos(u), 0.38 * np.sin(u) * np.abs(np.sin(u)) ** 0.5 * (0.3 + 0.7 * abs(np.cos(spin * t + phase)))], 1)
        a = phase + spin * t
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        at = np.array([left - 90 * t + 40 * np.sin(2 * t + phase), top + (150 + 12 * size) * t])
        light = 0.6 + 0.8 * abs(np.sin(spin * t + phase))
        self.stamp(x, at + size * almond @ turn.T, colour * np.float32(light))

    def frame(self, rng, shooter, n, k):
        """8-bit BGR of branch k in frame n: the shutter's interval, averaged."""
        t, count = n / RATE + (k - 1) * STAGGER, 1 + 4 * (k == 2) + (k == 1)
        light = sum(self.at(t + SHUTTER[k] * ((i + 0.5) / count - 0.5)) for i in range(count)) / count
        return shooter.shoot(rng, light, k)


def encode(path):
    """An ffmpeg process that takes bgr24 frames: H.264 4:2:0, BT.709 limited, no B-frames."""
    return subprocess.Popen(
        ['ffmpeg', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'bgr24', '-s', f'{WIDTH}x{HEIGHT}',
         '-r', str(RATE), '-i', '-', '-vf', 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p',
         '-c:v', 'libx264', '-preset', 'slow', '-bf', '0', '-g', '30', '-b:v', '3300k', '-maxrate', '5000k',
         '-bufsize', '3300k', '-threads', '1', '-color_range', 'tv', '-colorspace', 'bt709',
         '-color_primaries', 'bt709', '-color_trc', 'bt709', '-movflags', '+faststart', path], stdin=subprocess.PIPE)


def stills():
    """The real bracket, 2000 pixels wide."""
    for k, name in enumerate(('under', 'mid', 'over')):
        picture = cv2.imread(os.path.join(lay_out.LAID_OUT, 'brackets/stlouis_arch', f'{k}.jpg'))
        small = cv2.resize(picture, (2000, 1500), interpolation=cv2.INTER_AREA)
        cv2.imwrite(os.path.join(MEDIA, 'still', f'{name}.jpg'), small, [cv2.IMWRITE_JPEG_QUALITY, 84])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train media', description=__doc__.split('\n\n')[0])
    parser.add_argument('--frame', nargs=2, metavar=('N', 'PNG'), help='one frame, three exposures, no video')
    args = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    scene, shooter = Scene(), Camera()
    if args.frame:
        rng = np.random.default_rng(5)
        cv2.imwrite(args.frame[1], np.vstack([scene.frame(rng, shooter, int(args.frame[0]), k) for k in range(3)]))
        return
    stills()
    for k, name in enumerate(('under', 'mid', 'over')):
        rng = np.random.default_rng([5, k])
        process = encode(os.path.join(MEDIA, 'video', f'{name}.mp4'))
        for n in range(FRAMES):
            process.stdin.write(scene.frame(rng, shooter, n, k).tobytes())
        process.stdin.close()
        process.wait()


if __name__ == '__main__':
    main()
