"""Brackets of a scene seen from elsewhere: each exposure through a motion of its own, by a camera of the quality benchmark."""
import functools
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'quality'))
import cv2
import numpy as np

import sources
from cameras import Shooter
from truth import truth

REFERENCE = 1
METER = 0.14  # of clipping: where exposure meters put the mean of the logarithm of light


def motion(w, h, dx=0.0, dy=0.0, degrees=0.0, scale=1.0):
    """Pixels of the reference -> pixels of an exposure: a turn about the middle, then a shift."""
    a = np.radians(degrees)
    centre = np.array([[1, 0, -(w - 1) / 2], [0, 1, -(h - 1) / 2], [0, 0, 1]])
    turn = np.array([[scale * np.cos(a), -scale * np.sin(a), 0], [scale * np.sin(a), scale * np.cos(a), 0], [0, 0, 1]])
    return np.array([[1, 0, dx], [0, 1, dy], [0, 0, 1.0]]) @ np.linalg.inv(centre) @ turn @ centre


@functools.lru_cache(maxsize=2)
def light(data, name):
    """Radiance at 3840x2160, with its margin."""
    return sources.radiance(data, name, np.random.default_rng(1), False)


def seen(radiance, h, map_=np.eye(3)):
    """What a camera shows of it, `h` rows high: moved at full size by Lanczos, then reduced, so that it is as sharp as one that was not moved."""
    w, k, m = h * 16 // 9, h / sources.HEIGHT, sources.MARGIN
    scale = np.array([[k, 0, (k - 1) / 2], [0, k, (k - 1) / 2], [0, 0, 1]])
    full = np.linalg.inv(scale) @ map_ @ scale @ np.array([[1, 0, -m], [0, 1, -m], [0, 0, 1.0]])
    out = cv2.warpPerspective(radiance, full, (sources.WIDTH, sources.HEIGHT), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)
    np.maximum(out, 0, out=out)
    return cv2.resize(out, (w, h), interpolation=cv2.INTER_AREA) if k != 1 else out


def exposure_values(radiance, gap, bias=0.0, count=3):
    middle = np.log2(METER / np.exp(np.log(sources.luminance(radiance) + 1e-4).mean())) + bias
    return [middle + gap * (k - REFERENCE) for k in range(count)]


class Bracket:
    """Exposures of what `views` show, dark to bright; the truth is what view `reference` is to look like."""

    def __init__(self, views, gap=2.0, bias=0.0, camera='srgb', noise='low', seed=0, evs=None, reference=REFERENCE):
        self.views, self.rng, self.reference = views, np.random.default_rng(seed), reference
        self.camera = Shooter(camera, noise)
        self.evs = evs or exposure_values(views[reference], gap, bias, len(views))
        self.exposures = self.shoot()

    def shoot(self):
        """Another take: noise is new."""
        return [self.camera.shoot(view, ev, self.rng) for view, ev in zip(self.views, self.evs)]

    def still(self):
        """The same bracket of cameras that coincide; the reference is the same picture."""
        seen_ = self.views[self.reference]
        return [self.exposures[k] if k == self.reference else self.camera.shoot(seen_, ev, self.rng) for k, ev in enumerate(self.evs)]

    def clean(self):
        """The same without noise."""
        return [self.camera.shoot(self.views[self.reference], ev) for ev in self.evs]

    @functools.cached_property
    def truth(self):
        return truth(self.views[self.reference], self.camera, self.evs)


def panoramas(data):
    """(name, radiance [512, 1024, 3]) of free/hdr that are so large."""
    for path in sorted(glob.glob(os.path.join(data, 'free/hdr/*_1k.exr'))):
        yield os.path.basename(path)[:-7], np.maximum(cv2.imread(path, cv2.IMREAD_UNCHANGED)[..., :3].astype(np.float32), 0)


def inner(picture, border):
    return np.ascontiguousarray(picture[border:-border, border:-border]) if border else picture


# Scenes of which nobody can tell how their exposures lie. Each makes the radiance that exposure k sees, [h, w, 3], and the bracket's noise.

def grey(values):
    return np.repeat(np.float32(values)[..., None], 3, 2)


def wall(k, h, w):
    return grey(np.broadcast_to(np.linspace(0.12, 0.2, w), (h, w)))


def night(k, h, w):
    y, x = np.mgrid[0:h, 0:w]
    return grey(0.004 + 0.001 * ((x + 5 * k) % 97 < 40) + 0.0007 * ((y + 3 * k) % 61 < 25))


def facade(k, h, w):
    y, x = np.mgrid[0:h, 0:w]
    return grey(np.where(np.sin(2 * np.pi * (x + 7 * k) / 24) * np.sin(2 * np.pi * y / 30) > 0, 0.5, 0.08))


def crowd(k, h, w):
    """Everybody goes his own way: figures of 24 to 60 pixels on top of each other, all over the picture."""
    rng = np.random.default_rng(5)
    out = np.full((h, w, 3), 0.1, np.float32)
    for _ in range(1800):
        x, y = rng.uniform(0, w), rng.uniform(0, h)
        size, heading, speed, level = rng.integers(24, 60), rng.uniform(0, 2 * np.pi), rng.uniform(2, 16), 0.18 * 2 ** rng.uniform(-3, 3)
        surface = level * (0.4 + 1.2 * rng.random((6, 4, 3), np.float32))
        left, top = int(x + (k - REFERENCE) * speed * np.cos(heading)), int(y + (k - REFERENCE) * speed * np.sin(heading))
        figure = cv2.resize(surface, (size // 2, size), interpolation=cv2.INTER_NEAREST)
        a, b, c, d = max(0, top), min(h, top + size), max(0, left), min(w, left + size // 2)
        if b > a and d > c: out[a:b, c:d] = figure[a - top:b - top, c - left:d - left]
    return out


HOSTILE = {'a flat wall': (wall, 'mid'), 'a night': (night, 'high'), 'a repetitive facade': (facade, 'low'), 'a crowd that fills the picture': (crowd, 'low')}
