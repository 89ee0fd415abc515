"""Linear radiance -> 8-bit pictures as a camera would deliver them, and the fused truth.

Pictures are BGR (OpenCV's order); planes are full-range BT.709 Y'CbCr, 4:2:0.
"""
import cv2
import numpy as np

LUMA = np.array([0.0722, 0.7152, 0.2126], np.float32)  # BT.709, BGR order


def luminance(radiance):
    """[h,w,3] BGR -> [h,w]"""
    return radiance @ LUMA


class Curve:
    """One camera's rendering: highlight shoulder, gamma with a linear toe, S-curve, colours."""

    def __init__(self, rng):
        self.shoulder = rng.choice([0.0, rng.uniform(0.2, 2.0)])
        self.gamma = rng.uniform(1.8, 2.6)
        self.contrast = rng.choice([0.0, rng.uniform(0, 0.6)])
        self.saturation = rng.uniform(0.85, 1.25)
        self.balance = np.float32(rng.uniform(0.92, 1.08, 3))
        grid = np.linspace(0, 1, 4096, dtype=np.float32)
        self.table = self.shape(grid)

    def shape(self, x):
        """Linear 0..1 -> display 0..1, elementwise."""
        if self.shoulder > 0:
            x = (1 - np.exp(-self.shoulder * x)) / (1 - np.exp(-self.shoulder))
        # like sRGB: a linear toe joined to a power, continuous in value
        toe = np.float32(0.0031308)
        power = 1.055 * np.maximum(x, toe) ** (1 / self.gamma) - 0.055
        slope = (1.055 * toe ** (1 / self.gamma) - 0.055) / toe
        y = np.where(x < toe, slope * x, power)
        return y + self.contrast * (y * y * (3 - 2 * y) - y)

    def render(self, linear):
        """Linear [h,w,3], 1 = sensor clip -> display float [h,w,3] in 0..1."""
        x = linear * self.balance
        if self.saturation != 1:
            grey = luminance(x)[..., None]
            x = grey + self.saturation * (x - grey)
        return self.table[(np.clip(x, 0, 1) * 4095 + 0.5).astype(np.int32)]


class Sensor:
    """Shot and read noise of one camera; short exposures get a gain more often than long ones."""

    def __init__(self, rng, clean=False):
        self.full_well = 1e9 if clean else np.exp(rng.uniform(np.log(400), np.log(20000)))
        self.read = 0.0 if clean else np.exp(rng.uniform(np.log(2e-4), np.log(3e-3)))
        self.gain = 0.0 if clean else rng.uniform(0, 0.35)

    def expose(self, rng, linear, ev_below_longest):
        """Adds noise to linear [h,w,3] (1 = clip); variance grows with the gain of short ones."""
        if self.full_well > 1e8:
            return linear
        gain = 2 ** (self.gain * ev_below_longest)
        x = np.minimum(linear, 4)
        sigma = np.sqrt(x * (gain / self.full_well) + (self.read * gain) ** 2)
        return x + sigma * rng.standard_normal(x.shape, dtype=np.float32)


def to_code(display):
    """Display float 0..1 -> uint8"""
    return (np.clip(display, 0, 1) * 255 + 0.5).astype(np.uint8)


def jpeg(code, quality):
    """uint8 BGR through one JPEG generation."""
    return cv2.imdecode(cv2.imencode('.jpg', code, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], 1)


def to_planes(code):
    """uint8 BGR [h,w,3] (even sizes) -> Y uint8 [h,w], chroma uint8 [2,h/2,w/2] (Cb, Cr)."""
    x = code.astype(np.float32)
    y = luminance(x)
    small = cv2.resize(x, (x.shape[1] // 2, x.shape[0] // 2), interpolation=cv2.INTER_AREA)
    ys = luminance(small)
    cb = (small[..., 0] - ys) / 1.8556 + 128
    cr = (small[..., 2] - ys) / 1.5748 + 128
    pack = lambda v: np.clip(v + 0.5, 0, 255).astype(np.uint8)
    return pack(y), np.stack([pack(cb), pack(cr)])


def to_bgr(y, chroma):
    """Planes (uint8 or float codes) -> float BGR codes [h,w,3]."""
    big = [cv2.resize(np.float32(c), (y.shape[1], y.shape[0]), interpolation=cv2.INTER_LINEAR) - 128
           for c in chroma]
    blue = y + 1.8556 * big[0]
    red = y + 1.5748 * big[1]
    green = (y - LUMA[0] * blue - LUMA[2] * red) / LUMA[1]
    return np.clip(np.stack([blue, green, red], -1), 0, 255)


def truth(radiance, evs, curve, exposures=9):
    """Motion-free, noise-free dense bracket over the EV span, fused by Mertens: uint8 BGR."""
    low, high = min(evs), max(evs)
    if len(evs) == 2:
        low, high = low - 0.5, high + 0.5
    stack = [to_code(curve.render(radiance * np.float32(2 ** ev)))
             for ev in np.linspace(low, high, exposures)]
    return to_code(cv2.createMergeMertens().process(stack))
