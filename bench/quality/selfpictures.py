"""Small pictures for selftest.py: a textured scene, three exposures of it, and something that moves. From a seed."""
import cv2
import numpy as np


def scene(height=120, width=150, seed=7):
    """Radiance [height,width,3] with detail at several scales."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for cells in (3, 8, 25, 60):
        knots = np.float32(rng.normal(0, 1, (cells, cells, 3)))
        total += cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.exp(0.7 * total)


def exposures(moving=False, height=120, width=150):
    """Three uint8 BGR pictures 2 EV apart; with `moving` a textured square changes its place."""
    out = []
    for k, gain in enumerate((0.06, 0.25, 1.0)):
        radiance = scene(height, width)
        if moving:
            x = 20 + 35 * k
            radiance[30:80, x:x + 40] = scene(50, 40, seed=11) * 0.5
        out.append(np.rint(255 * np.clip(radiance * gain, 0, 1) ** (1 / 2.2)).astype(np.uint8))
    return out


def damaged(picture, seed=3):
    """The picture with noise, a blurred half and a bright corner."""
    rng = np.random.default_rng(seed)
    out = picture.astype(np.float32) + rng.normal(0, 6, picture.shape)
    half = picture.shape[1] // 2
    out[:, :half] = cv2.GaussianBlur(out[:, :half], (0, 0), 1.2)
    out[:30, -30:] += 40
    return np.rint(np.clip(out, 0, 255)).astype(np.uint8)
