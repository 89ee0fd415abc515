"""Linear radiance -> 8-bit pictures as a camera would deliver them. All that a camera does to a bracket is here: how its exposures
differ in more than their exposure would be told by `Camera.shoot`."""
import cv2
import numpy as np

from data.planes import luminance, to_code

JPEG = 0.3           # share of the brackets that went through JPEG
QUALITY = 75, 96
OWN_WAY = 0.5        # share of the brackets whose exposures differ in more than their exposure, each its own way
BALANCE = 0.05, 0.15  # deviation of a channel's gain there, evenly by logarithm: white balance, a flash, another lamp
GAMMA = 0.08         # of the logarithm of a further gamma: a phone tone-maps each picture by itself
LOCAL_STOPS = 0.25   # of the light, wide fields: local tone mapping, light that changes
VEIL = 0.3, 0.04     # share of these brackets whose brightest exposure has a lens' flare in it, and its strength at most


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


class Mood:
    """What one exposure does its own way."""

    def __init__(self, rng, veil=0.0):
        self.balance = np.exp(rng.normal(0, np.exp(rng.uniform(*np.log(BALANCE))), 3)).astype(np.float32)
        self.gamma = np.float32(np.exp(rng.normal(0, GAMMA)))
        self.coarse = np.float32(rng.normal(0, LOCAL_STOPS, (rng.integers(2, 5), rng.integers(2, 5))))
        self.veil = veil

    def light(self, linear):
        """[h,w,3], 1 = clip"""
        h, w = linear.shape[:2]
        linear = linear * (self.balance * np.exp2(cv2.resize(self.coarse, (w, h), interpolation=cv2.INTER_CUBIC))[..., None])
        if self.veil:
            small = cv2.resize(np.minimum(linear, 16), (max(1, w // 16), max(1, h // 16)), interpolation=cv2.INTER_AREA)
            linear += self.veil * cv2.resize(cv2.GaussianBlur(small, (0, 0), w / 160), (w, h), interpolation=cv2.INTER_LINEAR)
        return linear

    def display(self, display):
        return np.maximum(display, 0) ** self.gamma


class Camera:
    """Curve and sensor of one bracket."""

    def __init__(self, rng, clean=False):
        self.curve, self.sensor, self.clean = Curve(rng), Sensor(rng, clean), clean

    def shoot(self, rng, frames, evs, reference=None):
        """Linear frames, dark to bright; radiance * 2^ev = 1 clips -> their uint8 BGR pictures. The reference's is what the curve
        makes of it, as the truth is; the others may have gone their own way. Without a reference all are as the curve has it."""
        quality = rng.uniform(*QUALITY) if rng.random() < JPEG and not self.clean else None
        moods = moods_of(rng, len(frames), reference) if reference is not None and rng.random() < OWN_WAY else [None] * len(frames)
        codes = []
        for frame, ev, mood in zip(frames, evs, moods):
            light = frame * np.float32(2 ** ev)
            noisy = self.sensor.expose(rng, mood.light(light) if mood else light, evs[-1] - ev)
            display = self.curve.render(noisy)
            code = to_code(mood.display(display) if mood else display)
            codes.append(jpeg(code, quality) if quality else code)
        return codes


def moods_of(rng, count, reference):
    """One for each exposure but the reference."""
    share, most = VEIL
    veil = rng.uniform(0, most) if rng.random() < share else 0.0
    return [None if i == reference else Mood(rng, veil if i == count - 1 else 0.0) for i in range(count)]
