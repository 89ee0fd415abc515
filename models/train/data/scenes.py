"""Where radiance comes from: views of HDR panoramas, and photographs spread to more range.

All radiance is linear float32 BGR in arbitrary units.
"""
import os

os.environ.setdefault('OPENCV_IO_ENABLE_OPENEXR', '1')
import cv2
import numpy as np

from data import lay_out
from data.lights import lit
from data.planes import luminance

PHOTO_WIDTH = 3840  # pixels


class Sources:
    """Panoramas and photographs that are laid out (lay_out.py): those to train from, or those that are held out from it."""

    def __init__(self, held_out=False):
        use = 'held out' if held_out else 'train'
        files = [entry['file'] for entry in lay_out.manifest() if entry['use'] == use]
        paths = [os.path.join(lay_out.LAID_OUT, file) for file in sorted(files)]
        self.panoramas = [panorama(path) for path in paths if path.endswith('.exr')]
        self.photos = [photograph(path) for path in paths if not path.endswith('.exr')]

    def view(self, rng, size, which=None):
        """A perspective view [h,w,3] of a random panorama, size = (h,w)."""
        which = rng.integers(len(self.panoramas)) if which is None else which
        pitch = rng.normal(0, 15)
        return perspective(self.panoramas[which], size, rng.uniform(0, 360), np.clip(pitch, -50, 50),
                           rng.normal(0, 5), rng.uniform(40, 100))

    def photograph(self, rng, size):
        """A crop [h,w,3] of a photograph at a random scale, in its own (low) range."""
        photo = self.photos[rng.integers(len(self.photos))]
        h, w = photo.shape[:2]
        most = min(h / size[0], w / size[1])
        zoom = np.exp(rng.uniform(0, np.log(most))) if most > 1 else 1
        ch, cw = min(h, int(size[0] * zoom)), min(w, int(size[1] * zoom))
        y, x = rng.integers(h - ch + 1), rng.integers(w - cw + 1)
        crop = photo[y:y + ch, x:x + cw].astype(np.float32)
        crop = cv2.resize(crop, (size[1], size[0]), interpolation=cv2.INTER_AREA)
        crop = (np.clip(crop + rng.uniform(-0.5, 0.5), 0, 255) / np.float32(255)) ** np.float32(2.2)
        return crop[:, ::-1].copy() if rng.random() < 0.5 else crop

    def wide_photograph(self, rng, size):
        """A photograph with sharp detail whose range is widened: highlights expanded, and a
        smooth or cut illumination field of several stops laid over it, as in- and outdoors."""
        x = self.photograph(rng, size)
        bright = luminance(x)[..., None]
        x = x * (1 + rng.uniform(0, 12) * np.clip(bright - 0.5, 0, 1) ** 2)
        coarse = rng.normal(0, rng.uniform(0.5, 2.5), (rng.integers(2, 5), rng.integers(2, 5)))
        field = cv2.resize(np.float32(coarse), (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
        if rng.random() < 0.4:
            steep = rng.uniform(4, 60)
            field = np.tanh(field * steep / 4) * rng.uniform(0.5, 2.5)
        return x * 2 ** np.clip(field, -5, 5)[..., None]

    def background(self, rng, size, photos=0.3):
        """One scene's radiance [h,w,3]."""
        scene = self.wide_photograph(rng, size) if rng.random() < photos else self.view(rng, size)
        return lit(rng, scene)

    def texture(self, rng, size):
        """Radiance for a moving object, mean luminance 1."""
        x = self.photograph(rng, size) if rng.random() < 0.7 else np.minimum(self.view(rng, size), 50)
        if rng.random() < 0.3:  # plain clothes, painted cars: hardly any texture, own colour
            x = x * 0.15 + x.mean((0, 1)) * np.float32(rng.uniform(0.4, 1.6, 3))
        return x / (luminance(x).mean() + 1e-6)


def read(path, flags):
    picture = cv2.imread(path, flags)
    if picture is None:
        raise SystemExit(f'{path} is not there, or is no picture: `python3 models/train data` lays it out.')
    return picture


def panorama(path):
    return np.maximum(read(path, cv2.IMREAD_UNCHANGED)[..., :3].astype(np.float32), 0)


def photograph(path):
    """No wider than PHOTO_WIDTH."""
    photo = read(path, cv2.IMREAD_COLOR)
    scale = PHOTO_WIDTH / photo.shape[1]
    return cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo


def perspective(panorama, size, yaw, pitch, roll, fov):
    """Equirectangular [H,W,3] -> pinhole view [h,w,3]; angles in degrees, fov horizontal."""
    h, w = size
    focal = w / 2 / np.tan(np.radians(fov) / 2)
    x, y = np.meshgrid(np.arange(w) + 0.5 - w / 2, np.arange(h) + 0.5 - h / 2)
    rays = np.stack([x, y, np.full_like(x, focal)], -1)
    a, b, c = np.radians([yaw, pitch, roll])
    rays = rays @ (rotation(0, 2, a) @ rotation(1, 2, b) @ rotation(0, 1, c)).T
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    rows, cols = panorama.shape[:2]
    u = (np.arctan2(rays[..., 0], rays[..., 2]) / (2 * np.pi) + 0.5) * cols - 0.5
    v = (np.arcsin(np.clip(rays[..., 1], -1, 1)) / np.pi + 0.5) * rows - 0.5
    return cv2.remap(panorama, np.float32(u), np.float32(v), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def rotation(i, j, angle):
    """3x3 rotation in the plane of axes i and j."""
    m = np.eye(3)
    m[i, i] = m[j, j] = np.cos(angle)
    m[i, j], m[j, i] = np.sin(angle), -np.sin(angle)
    return m
