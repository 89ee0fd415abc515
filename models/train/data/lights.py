"""Parts of a scene that are far brighter or darker than the rest: windows, lamps, floodlit fronts, skies, doorways, shade. One exposure
loses them, and bringing them back is what a bracket is for; they are of all sizes, and what is in them has its own contrast."""
import cv2
import numpy as np

LIT = 0.6            # share of the scenes
PARTS = 1, 6         # of a scene, at least and below
SIZES = 0.01, 0.7    # of the picture's height, evenly by logarithm
STOPS = 1.5, 5.0     # brighter or darker
BRIGHT = 0.7         # share of the parts


def lit(rng, radiance):
    """[h,w,3] -> the same or another"""
    if rng.random() >= LIT:
        return radiance
    h, w = radiance.shape[:2]
    stops = np.zeros((h, w), np.float32)
    for _ in range(rng.integers(*PARTS)):
        sign = 1 if rng.random() < BRIGHT else -1
        size = h * np.exp(rng.uniform(*np.log(SIZES)))
        make = rng.choice([window, lamp, patch, sky], p=[0.4, 0.2, 0.25, 0.15])
        part = make(rng, (h, w), size) * np.float32(sign * rng.uniform(*STOPS))
        stops = np.where(np.abs(part) > np.abs(stops), part, stops)
    return radiance * np.exp2(stops)[..., None]


def window(rng, shape, size):
    """A slightly turned rectangle, with bars or without: [h,w] 0..1"""
    mask = np.zeros(shape, np.float32)
    wide, high = size * rng.uniform(0.4, 1.6), size
    turn = np.radians(rng.normal(0, 4))
    place = rng.uniform(0, 1, 2) * shape[::-1]
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) * [[wide], [high]]

    def fill(left, top, right, bottom, value):
        corners = place + (np.array([[left, top], [right, top], [right, bottom], [left, bottom]]) - 0.5) @ axes
        cv2.fillPoly(mask, [np.int32(corners * 16)], value, cv2.LINE_AA, 4)

    fill(0, 0, 1, 1, 1.0)
    if rng.random() < 0.6 and size > 12:
        bar = rng.uniform(0.01, 0.05)
        for axis, count in enumerate(rng.integers(1, 5, 2)):
            for at in (np.arange(1, count) / count):
                fill(*((at - bar, 0, at + bar, 1) if axis == 0 else (0, at - bar, 1, at + bar)), 0.0)
    return mask


def lamp(rng, shape, size):
    """A disc whose light falls off."""
    y, x = np.ogrid[:shape[0], :shape[1]]
    cy, cx = rng.uniform(0, 1, 2) * shape
    far = np.hypot(y - cy, x - cx) / max(1.0, size / 4)
    return np.float32(np.minimum(1, 1 / np.maximum(far, 1) ** rng.uniform(1, 3)))


def patch(rng, shape, size):
    """A part of no particular form, its edge soft or sharp."""
    cells = np.int32(np.array(shape) / max(size, shape[0] / 8)) + 2
    coarse = np.float32(rng.normal(-0.5, 1, cells))
    field = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.clip(field * np.float32(np.exp(rng.uniform(np.log(1), np.log(60)))), 0, 1)


def sky(rng, shape, size):
    """All above a line that is not straight."""
    h, w = shape
    line = cv2.resize(np.float32(rng.normal(0, 1, (1, rng.integers(3, 30)))), (w, 1), interpolation=cv2.INTER_CUBIC)[0]
    horizon = size + line * h * rng.uniform(0, 0.1)
    return np.clip((horizon[None] - np.arange(h, dtype=np.float32)[:, None]) / max(1.0, rng.uniform(0.5, h / 60)), 0, 1)
