"""Random brackets: two to five exposures of any camera, noise and step, small, at rest, shaken, far apart, turned, out of the picture."""
import functools

import cv2
import numpy as np

import sources
import views
from views import Bracket, motion

SCENES = ['my_jin', 'll_own1', 'casa-mila', 'oakland-zoo-otters']
CAMERAS = ['srgb', 'video', 'phone', 'photo', 'flat', 'machine']
NOISES = ['none', 'low', 'mid', 'high']
SIZES = [(320, 180), (480, 270), (640, 360), (648, 358), (328, 242), (152, 98)]
OVER = 3  # pixels of the light in each direction that make one of a picture's


@functools.lru_cache(maxsize=4)
def light(data, name, h):
    """Radiance with room for motions all around, OVER times the picture's size, and where that begins."""
    full, k = views.light(data, name), OVER * h / sources.HEIGHT
    return cv2.resize(full, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), k * sources.MARGIN


def seen(data, name, w, h, map_):
    radiance, margin = light(data, name, h)
    grow = np.array([[OVER, 0, (OVER - 1) / 2], [0, OVER, (OVER - 1) / 2], [0, 0, 1]])
    full = grow @ map_ @ np.linalg.inv(grow) @ np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    into = np.array([[1, 0, margin], [0, 1, margin], [0, 0, 1.0]]) @ np.linalg.inv(full)
    out = cv2.warpPerspective(radiance, into, (OVER * w, OVER * h), flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT)
    return cv2.resize(np.maximum(out, 0), (w, h), interpolation=cv2.INTER_AREA)


def motions(rng, kind, w, h, count):
    """Of a kind; the middle exposure is the reference."""
    far = {'rest': 0, 'small': 3, 'far': 20, 'zoom': 3, 'turned': 6, 'out': 0.3 * w}[kind]
    turn = {'rest': 0, 'small': 0.2, 'far': 0.5, 'zoom': 0.1, 'turned': 3, 'out': 0}[kind]
    out = []
    for _ in range(count):
        scale = 1 + rng.uniform(-0.02, 0.02) if kind == 'zoom' else 1.0
        out.append(motion(w, h, rng.uniform(-far, far), rng.uniform(-far, far) * 0.6, rng.uniform(-turn, turn), scale))
    return out


KINDS = ['rest', 'small', 'small', 'far', 'far', 'zoom', 'turned', 'out']


class RandomBracket:
    def __init__(self, data, seed):
        rng = np.random.default_rng(1000 + seed)
        self.count, self.kind, self.scene = int(rng.integers(2, 6)), KINDS[seed % len(KINDS)], SCENES[seed // len(KINDS) % len(SCENES)]
        self.size, self.camera, self.noise, self.gap = SIZES[rng.integers(len(SIZES))], rng.choice(CAMERAS), rng.choice(NOISES), int(rng.integers(1, 5))
        w, h = self.size
        self.reference = (self.count - 1) // 2
        maps = motions(rng, self.kind, w, h, self.count)
        maps[self.reference] = np.eye(3)
        here = [seen(data, self.scene, w, h, m) for m in maps]
        middle = views.exposure_values(here[self.reference], 0)[0]
        evs = [middle + self.gap * (k - self.reference) for k in range(self.count)]
        self.bracket = Bracket(here, camera=self.camera, noise=self.noise, seed=seed, evs=evs, reference=self.reference)

    def __str__(self):
        w, h = self.size
        return f'{self.scene[:8]} {self.count} exposures {self.gap} EV apart, {self.kind}, {self.camera}, noise {self.noise}, {w}x{h}'
