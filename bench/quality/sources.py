"""Radiance of a scene: UHD maps merged from real brackets, and photographs widened to more range.

Radiance is linear float32 BGR; its median luminance is 0.18. All pictures are 3840x2160 with MARGIN pixels more on
every side, which camera shake needs.
"""
import os

os.environ.setdefault('OPENCV_IO_ENABLE_OPENEXR', '1')
import cv2
import numpy as np

from held_out import HELD_OUT_PHOTOS, HELD_OUT_RADIANCE

WIDTH, HEIGHT, MARGIN = 3840, 2160, 48
LUMA = np.float32([[0.0722, 0.7152, 0.2126]])  # BT.709, BGR order


def luminance(radiance):
    """[h,w,3] -> [h,w]"""
    return cv2.transform(radiance, LUMA)


def radiance(data, name, rng, mirrored):
    """A scene's background, [HEIGHT + 2 MARGIN, WIDTH + 2 MARGIN, 3]."""
    if name in HELD_OUT_RADIANCE:
        path = os.path.join(data, 'measure-only/hdr-4k', name + '.exr')
        picture = np.maximum(cv2.imread(path, cv2.IMREAD_UNCHANGED)[..., :3].astype(np.float32), 0)
    else:
        picture = widened(linear_photo(data, name, rng), rng)
    if mirrored:
        picture = picture[:, ::-1]
    picture = picture * np.float32(0.18 / max(np.median(luminance(picture)), 1e-6))
    return cv2.copyMakeBorder(picture, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REFLECT)


def linear_photo(data, name, rng):
    """A held-out photograph, cut to 16:9 in the middle, linear 0..1."""
    assert name in HELD_OUT_PHOTOS, name
    code = cv2.imread(os.path.join(data, 'free/photos-4k', name + '.jpg'))
    h, w = code.shape[:2]
    rows = min(h, round(w * HEIGHT / WIDTH))
    columns = min(w, round(h * WIDTH / HEIGHT))
    top, left = (h - rows) // 2, (w - columns) // 2
    code = cv2.resize(code[top:top + rows, left:left + columns], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    # Half a code of noise keeps 8-bit steps from showing as contours when shadows are exposed up.
    x = np.clip(code + rng.uniform(-0.5, 0.5, code.shape).astype(np.float32), 0, 255) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4).astype(np.float32)


def widened(x, rng):
    """8-bit range -> 11 to 15 stops: highlights are expanded, as they were before the photographer's curve cut them, and
    light and shade of some stops is laid over the picture: a shadow with an edge, a gradient, or both."""
    bright = np.clip((luminance(x) - 0.55) / 0.45, 0, 1)
    x = x * (1 + np.float32(rng.uniform(4, 20)) * (bright * bright)[..., None])
    h, w = x.shape[:2]
    columns, rows = np.meshgrid(np.linspace(-1, 1, w, dtype=np.float32), np.linspace(-1, 1, h, dtype=np.float32))
    angle = rng.uniform(0, 2 * np.pi)
    stops = np.float32(rng.uniform(0.5, 1.5)) * (np.float32(np.cos(angle)) * columns + np.float32(np.sin(angle)) * rows)
    if rng.random() < 0.6:
        stops = stops - np.float32(rng.uniform(1.5, 3.5)) * shadow(rng, h, w)
    return x * np.exp2(stops)[..., None]


def shadow(rng, h, w):
    """The shade of something big, [h,w] 0..1, with a penumbra of 4 to 60 pixels."""
    mask = np.zeros((h, w), np.uint8)
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 8)))
    radius = rng.uniform(0.25, 0.7, angle.size)
    centre = np.array([rng.uniform(0, w), rng.uniform(0, h)])
    points = centre + np.stack([np.cos(angle) * radius * w, np.sin(angle) * radius * h], 1)
    cv2.fillPoly(mask, [np.int32(points)], 255)
    return cv2.GaussianBlur(mask, (0, 0), rng.uniform(4, 60)).astype(np.float32) / 255


class Textures:
    """Surfaces of moving things, cut out of the held-out photographs at full resolution."""

    def __init__(self, data):
        self.photos = []
        for name in HELD_OUT_PHOTOS:
            code = cv2.imread(os.path.join(data, 'free/photos-4k', name + '.jpg'))
            scale = WIDTH / code.shape[1]
            self.photos.append(cv2.resize(code, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))

    def cut(self, rng, height, width):
        """Linear [height,width,3], mean luminance 1."""
        photo = self.photos[rng.integers(len(self.photos))]
        y = rng.integers(max(1, photo.shape[0] - height + 1))
        x = rng.integers(max(1, photo.shape[1] - width + 1))
        crop = (np.float32(photo[y:y + height, x:x + width]) / 255) ** np.float32(2.2) + np.float32(0.003)
        crop = cv2.resize(crop, (width, height)) if crop.shape[:2] != (height, width) else crop
        if rng.random() < 0.5:  # plain clothes, painted cars: little texture, a colour of their own
            crop = crop * np.float32(0.2) + crop.mean((0, 1)) * np.float32(rng.uniform(0.5, 1.5, 3))
        return crop / (luminance(crop).mean() + np.float32(1e-6))
