"""Linear radiance -> 8-bit pictures as a camera would deliver them. All that a camera does to a bracket is here: how its exposures
differ in more than their exposure would be told by `Camera.shoot`."""
import cv2
import numpy as np

from data.planes import luminance, to_code

JPEG = 0.3           # share of the brackets that went through JPEG
QUALITY = 75, 96


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


def jpeg(code, quality):
    """uint8 BGR through one JPEG generation."""
    return cv2.imdecode(cv2.imencode('.jpg', code, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], 1)


class Camera:
    """Curve and sensor of one bracket."""

    def __init__(self, rng, clean=False):
        self.curve, self.sensor, self.clean = Curve(rng), Sensor(rng, clean), clean

    def shoot(self, rng, frames, evs):
        """Linear frames, dark to bright; radiance * 2^ev = 1 clips -> their uint8 BGR pictures."""
        quality = rng.uniform(*QUALITY) if rng.random() < JPEG and not self.clean else None
        codes = []
        for frame, ev in zip(frames, evs):
            noisy = self.sensor.expose(rng, frame * np.float32(2 ** ev), evs[-1] - ev)
            code = to_code(self.curve.render(noisy))
            codes.append(jpeg(code, quality) if quality else code)
        return codes
