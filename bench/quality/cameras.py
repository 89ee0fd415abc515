"""Six cameras: radiance -> the 8-bit picture that each would deliver.

They are written for the benchmark alone, so that it does not measure how well the network knows the cameras it was
trained with (models/train/data/camera.py).
"""
from dataclasses import dataclass
from typing import Callable

import cv2
import numpy as np

from sources import luminance


def srgb(x):
    """IEC 61966-2-1"""
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 0.0031308) ** (1 / 2.4) - 0.055)


def bt709(x):
    """ITU-R BT.709, opto-electronic"""
    return np.where(x < 0.018, 4.5 * x, 1.099 * np.maximum(x, 0.018) ** 0.45 - 0.099)


def s_curve(x):
    """sRGB with the contrast that phones add."""
    y = srgb(x)
    return y + 0.4 * (y * y * (3 - 2 * y) - y)


def shoulder(x):
    """Highlights rolled off before a power of 1/2.2, as in photographic styles."""
    return (1.8 * x / (1 + 0.8 * x)) ** (1 / 2.2)


def logarithm(x):
    """A flat profile."""
    return np.log2(1 + 40 * x) / np.log2(41)


def plain(x):
    """A bare power of 1/1.8: industrial cameras."""
    return x ** (1 / 1.8)


@dataclass(frozen=True)
class Camera:
    curve: Callable
    saturation: float
    balance: tuple      # gains of B, G, R: white balance that is a little off
    grain: float        # sigma in pixels of the blur that in-camera denoising leaves on the noise; 0 = none
    jpeg: int           # quality of the pictures it writes; 0 = none


CAMERAS = {
    'srgb': Camera(srgb, 1.0, (1.0, 1.0, 1.0), 0.0, 0),
    'video': Camera(bt709, 1.05, (1.04, 1.0, 0.97), 0.0, 0),
    'phone': Camera(s_curve, 1.15, (0.98, 1.0, 1.03), 0.7, 93),
    'photo': Camera(shoulder, 1.1, (1.0, 1.0, 1.05), 0.0, 96),
    'flat': Camera(logarithm, 0.85, (1.0, 1.0, 1.0), 0.5, 0),
    'machine': Camera(plain, 0.95, (1.06, 1.0, 0.95), 0.0, 85),
}

# Electrons at clipping, and read noise as a share of clipping: about ISO 100, 400 and 1600 of a small sensor.
NOISE = {'none': (0, 0.0), 'low': (16000, 3e-4), 'mid': (4000, 8e-4), 'high': (1000, 2e-3)}

STEPS = 1 << 14  # of the table that holds a curve
STRIP = 48       # rows at a time, which stay in the processor's cache


class Shooter:
    """One camera at one noise level."""

    def __init__(self, name, noise):
        self.camera = CAMERAS[name]
        self.well, self.read = NOISE[noise]
        grid = np.linspace(0, 1, STEPS, dtype=np.float32)
        self.table = np.clip(self.camera.curve(grid) * 255 + 0.5, 0, 255).astype(np.uint8)

    def shoot(self, radiance, ev, rng=None):
        """uint8 BGR; with `rng` as a real picture (noise, JPEG), without as an ideal one."""
        code = np.empty(radiance.shape, np.uint8)
        for top in range(0, len(radiance), STRIP):
            rows = slice(top, top + STRIP)
            linear = radiance[rows] * (np.float32(2 ** ev) * np.float32(self.camera.balance))
            if rng is not None and self.well:
                linear += self.noise(linear, rng)
            if self.camera.saturation != 1:
                grey = luminance(linear)[..., None]
                linear -= grey
                linear *= np.float32(self.camera.saturation)
                linear += grey
            np.clip(linear, 0, 1, out=linear)
            linear *= STEPS - 1
            linear += np.float32(0.5)
            code[rows] = self.table[linear.astype(np.uint16)]
        if rng is not None and self.camera.jpeg:
            code = cv2.imdecode(cv2.imencode('.jpg', code, [cv2.IMWRITE_JPEG_QUALITY, self.camera.jpeg])[1], 1)
        return code

    def noise(self, linear, rng):
        """Shot and read noise of a strip; clipped light has no more of it than white has."""
        sigma = np.sqrt(np.minimum(linear, 1) * np.float32(1 / self.well) + np.float32(self.read ** 2))
        grain = rng.standard_normal(linear.shape, dtype=np.float32)
        if self.camera.grain:  # blurred, but two thirds as strong as it was, not as weak as the blur alone would leave it
            grain = cv2.GaussianBlur(grain, (0, 0), self.camera.grain)
            grain *= np.float32(0.66 / grain.std())
        grain *= sigma
        return grain
