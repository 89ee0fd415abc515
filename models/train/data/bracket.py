"""One exposure bracket of a scene in which things move, with its truth."""
import cv2
import numpy as np

from data import camera, look
from data.objects import Cutout, Sway
from data.planes import luminance, to_code, to_planes

SIZE, MARGIN = 256, 8  # pixels of small pictures' height; pixels around it for the shake, grows with the picture
SHAKE = 8            # pixels that a camera moves from exposure to exposure at most, however large the picture
RESIDUAL = 0.35, 0.8  # share of the brackets, still ones too, whose exposures were not lined up quite; deviation, pixels
CLEAN = 0.2          # share of brackets without noise and JPEG
CLOSE = 0.06         # share of the brackets whose exposures hardly differ
LEVELS = 30, 80        # percentile of luminance that the reference puts near 1/4 of clipping
NIGHT_LEVELS = 80, 98  # the same for dark scenes with a few bright places


class Bracket:
    """One rendered bracket: 8-bit BGR exposures, truth, mask of moved pixels."""

    def __init__(self, rng, radiance, sources, k=3, reference=None, dynamic=True, scale=1.0, clean=False,
                 levels=LEVELS):
        self.r = (k - 1) // 2 if reference is None else reference
        margin = int(MARGIN * scale)
        shooter = camera.Camera(rng, clean)
        self.evs = exposure_values(rng, radiance, k, levels)
        times = np.arange(k) - self.r + rng.uniform(-0.2, 0.2, k)
        if rng.random() < 0.3:  # not every camera shoots from dark to bright
            rng.shuffle(times)
        times -= times[self.r]
        shortest = rng.uniform(0.01, 0.1)
        durations = np.minimum(0.8, shortest * 2 ** (self.evs - self.evs[0]))
        things, sway, shake = [], None, 0.0
        if dynamic:
            things = [Cutout(rng, sources, radiance, scale) for _ in range(rng.integers(1, 5))]
            sway = Sway(rng, radiance.shape[:2], scale) if rng.random() < 0.25 else None
            shake = rng.choice([0.0, rng.uniform(0, min(3 * scale, SHAKE))], p=[0.6, 0.4])
        residual = RESIDUAL[1] if rng.random() < RESIDUAL[0] else 0.0
        inner = slice(margin, radiance.shape[0] - margin), slice(margin, radiance.shape[1] - margin)
        frames = []
        for i in range(k):
            frame = sway.apply(radiance, times[i]) if sway and i != self.r else radiance.copy()
            for thing in things:
                thing.paint(frame, times[i], durations[i])
            if (shake or residual) and i != self.r:
                matrix = cv2.getRotationMatrix2D((frame.shape[1] / 2, frame.shape[0] / 2),
                                                 rng.normal(0, 0.15) if shake else 0, 1)
                matrix[:, 2] += rng.uniform(-shake, shake, 2) + np.clip(rng.normal(0, residual, 2), -2, 2)
                frame = cv2.warpAffine(frame, matrix, frame.shape[1::-1], flags=cv2.INTER_LINEAR,
                                       borderMode=cv2.BORDER_REFLECT)
            frames.append(np.ascontiguousarray(frame[inner]))
        still = frames[self.r]
        self.still, self.curve = still, shooter.curve
        self.truth = look.truth(still, self.evs, shooter.curve)
        self.moved = moved(frames, still, 2 ** -self.evs[self.r])
        self.codes = shooter.shoot(rng, frames, self.evs, self.r)

    def clean(self):
        """uint8 BGR: what the reference saw, in all exposures, without noise; each as the camera's curve has it."""
        return [to_code(self.curve.render(self.still * np.float32(2 ** ev))) for ev in self.evs]


def exposure_values(rng, radiance, k, levels):
    """Ascending EVs [k] around an automatic exposure; radiance * 2^ev = 1 clips."""
    level = np.percentile(luminance(radiance), rng.uniform(*levels))
    centre = -np.log2(level + 1e-6) + rng.normal(-2.0, 0.8)  # that percentile near 1/4 of clipping
    gap = rng.uniform(1, 4) if k < 4 else rng.uniform(1, 2.5)
    if rng.random() < CLOSE:
        gap = rng.uniform(0, 1)
    steps = gap * (np.arange(k) - (k - 1) / 2) * np.float64(1)
    steps[1:-1] += rng.uniform(-0.3, 0.3, max(0, k - 2)) * gap if k > 2 else 0
    return centre + steps


def moved(frames, still, clip):
    """[h,w] float 0..1: where any exposure's radiance differs from the reference's by > 15 %."""
    floor = np.float32(clip * 2 ** -9)
    base = np.log2(still + floor)
    change = np.zeros(still.shape[:2], np.float32)
    for frame in frames:
        if frame is not still:
            change = np.maximum(change, np.abs(np.log2(frame + floor) - base).max(2))
    return np.clip((change - 0.1) / 0.2, 0, 1)


def sample(rng, sources, k, reference=None, dynamic=True, photos=0.3, levels=LEVELS, clean=False, pixels=(SIZE, SIZE)):
    """A bracket of pixels = (h,w)."""
    scale = pixels[0] / SIZE
    margin = int(MARGIN * scale)
    radiance = sources.background(rng, (pixels[0] + 2 * margin, pixels[1] + 2 * margin), photos)
    return Bracket(rng, radiance, sources, k, reference, dynamic, scale, clean, levels)


def whole(rng, sources, k, reference, count, dynamic, clean, **how):
    """Whole pictures of `count` brackets: y [n,K,H,W], chroma [n,K,2,H/2,W/2], truth_y, truth_chroma,
    moved [n,H/2,W/2], uint8; `dynamic` and `clean` are shares of the brackets."""
    out = {n: [] for n in ('y', 'chroma', 'truth_y', 'truth_chroma', 'moved')}
    for _ in range(count):
        b = sample(rng, sources, k, reference, rng.random() < dynamic, clean=rng.random() < clean, **how)
        planes = [to_planes(c) for c in b.codes]
        truth_y, truth_chroma = to_planes(b.truth)
        half = cv2.resize(b.moved, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        for name, value in (('y', np.stack([p[0] for p in planes])), ('chroma', np.stack([p[1] for p in planes])),
                            ('truth_y', truth_y), ('truth_chroma', truth_chroma), ('moved', to_code(half))):
            out[name].append(value)
    return {n: np.stack(v) for n, v in out.items()}
