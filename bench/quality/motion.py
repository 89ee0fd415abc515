"""What moves: things on a path, flags, and regions that sway in place.

Lengths are pixels of a 3840x2160 picture, time is counted in intervals between exposures (of 1/30 to 1/10 s, so the
speeds are those of people, cars and birds a few metres away), and 0 is the reference's instant.
"""
import cv2
import numpy as np

import shapes
from sources import luminance

# Size (pixels) and speed (pixels an interval), and how far the phase of its own movement goes in an interval.
BEHAVIOUR = {
    'walker': ((300, 900), (10, 80), 0.5),
    'car': ((400, 900), (60, 600), 2.0),
    'bird': ((100, 260), (50, 400), 1.5),
    'ball': ((100, 400), (20, 300), 0.0),
    'bust': ((700, 900), (10, 60), 0.5),
    'branch': ((500, 900), (10, 40), 0.8),
    'pole': ((500, 900), (10, 200), 0.0),
}
HORIZONTAL = {'walker', 'car', 'bust', 'pole'}  # these keep to the ground
BLUR_STEP, BLUR_STEPS = 3, 24  # pixels between the instants that make up motion blur, and at most so many instants


class Thing:
    """A textured shape on a straight path that may turn and grow."""

    def __init__(self, rng, kind, radiance, textures):
        h, w = radiance.shape[:2]
        sizes, speeds, self.beat = BEHAVIOUR[kind]
        self.kind, self.size = kind, int(rng.uniform(*sizes))
        self.form, self.phase = rng.random(5), rng.uniform(0, 2 * np.pi)
        self.place = np.array([rng.uniform(0.1, 0.9) * w, rng.uniform(0.15, 0.85) * h])
        if kind == 'branch':  # hangs in from above
            self.place[1] = self.size * 0.45
        if kind == 'bust':    # stands in front, cut by the lower edge
            self.place[1] = h - self.size * 0.4
        speed = np.exp(rng.uniform(*np.log(speeds)))
        heading = rng.choice([0, np.pi]) + rng.normal(0, 0.05) if kind in HORIZONTAL else rng.uniform(0, 2 * np.pi)
        self.velocity = speed * np.array([np.cos(heading), np.sin(heading)])
        self.mirrored = self.velocity[0] < 0
        self.spin = rng.normal(0, 8) if kind in ('ball', 'bird') else rng.normal(0, 1)  # degrees an interval
        self.growth = rng.choice([0.0, rng.normal(0, 0.03)])                            # share an interval
        self.surfaces = self.paint_surfaces(rng, radiance, textures)

    def paint_surfaces(self, rng, radiance, textures):
        """Radiance of each part, relative to what the thing covers: as bright, darker or brighter."""
        h, w = radiance.shape[:2]
        x, y = np.int32(np.clip(self.place, 0, [w - 1, h - 1]))
        reach = self.size // 3
        under = np.median(luminance(np.ascontiguousarray(radiance[max(0, y - reach):y + reach, max(0, x - reach):x + reach])))
        stops = rng.choice([rng.normal(0, 0.4), -rng.uniform(1, 4), rng.uniform(1, 3.5)], p=[0.45, 0.3, 0.25])
        level = np.float32((under + 1e-3) * 2 ** stops)
        cut = lambda: textures.cut(rng, self.size, self.size)
        return {
            'body': cut() * level,
            'legs': cut() * level * np.float32(2 ** rng.uniform(-2, 0.5)),
            'skin': cut() * np.float32(0.1) * level + level * np.float32([0.45, 0.6, 0.95]),
            'glass': cut() * level * np.float32(0.35),
            'lamp': np.full((1, 1, 3), level * 0.6, np.float32),
            'dark': np.full((1, 1, 3), level * 0.08, np.float32),
            'light': np.full((1, 1, 3), level * 2 ** rng.uniform(0, 5), np.float32),
        }

    def layer(self, time):
        """Premultiplied radiance and cover of the shape at one instant: [size,size,4]."""
        out = np.zeros((self.size, self.size, 4), np.float32)
        for part, mask in shapes.draw(self.kind, self.size, self.phase + self.beat * time, self.form):
            small = cv2.resize(mask, (self.size, self.size), interpolation=cv2.INTER_AREA)
            alpha = np.float32(small)[..., None] / 255
            out *= 1 - alpha
            out[..., :3] += self.surfaces[part] * alpha
            out[..., 3:] += alpha
        return out[:, ::-1] if self.mirrored else out

    def matrix(self, time):
        """The shape's pixels -> the picture's."""
        half = self.size / 2
        turned = cv2.getRotationMatrix2D((half, half), self.spin * time, max(0.2, 1 + self.growth * time))
        turned[:, 2] += self.place + self.velocity * time - half
        return turned

    def paint(self, radiance, time, duration):
        """Lays the thing over [h,w,3], blurred by its movement during the exposure; in place."""
        layer = np.ascontiguousarray(self.layer(time))
        reach = np.hypot(*self.velocity) + np.radians(abs(self.spin)) * self.size / 2
        count = int(np.clip(np.ceil(reach * duration / BLUR_STEP), 1, BLUR_STEPS))
        instants = time + duration * ((np.arange(count) + 0.5) / count - 0.5)
        boxes = [self.box(instant) for instant in instants]
        h, w = radiance.shape[:2]
        left, top = np.clip(np.min([b[0] for b in boxes], 0), 0, [w, h])
        right, bottom = np.clip(np.max([b[1] for b in boxes], 0), 0, [w, h])
        if right <= left or bottom <= top:
            return
        cover = np.zeros((bottom - top, right - left, 4), np.float32)
        for instant, (start, end) in zip(instants, boxes):
            x0, y0 = np.clip(start, [left, top], [right, bottom])
            x1, y1 = np.clip(end, [left, top], [right, bottom])
            if x1 <= x0 or y1 <= y0:
                continue
            matrix = self.matrix(instant)
            matrix[:, 2] -= (x0, y0)
            cover[y0 - top:y1 - top, x0 - left:x1 - left] += cv2.warpAffine(layer, matrix, (int(x1 - x0), int(y1 - y0)))
        cover /= count
        place = radiance[top:bottom, left:right]
        place *= 1 - cover[..., 3:]
        place += cover[..., :3]

    def box(self, instant):
        """Corners (x, y) of the pixels that the thing lies in at an instant."""
        corners = np.float64([[0, 0, 1], [self.size, 0, 1], [0, self.size, 1], [self.size, self.size, 1]])
        ends = corners @ self.matrix(instant).T
        return np.int64(np.floor(ends.min(0)) - 2), np.int64(np.ceil(ends.max(0)) + 2)


# Kind of sway -> pixels from one knot of the movement to the next, and how far points move (pixels).
SWAYS = {'leaves': (24, (3, 14)), 'water': (90, (2, 8)), 'stream': (90, (2, 8)), 'flag': (240, (8, 25))}


class Sway:
    """A region whose points move: leaves (each its own way), a flag (a wave along it), water (ripples, in the lower part of
    the picture) or a stream (the same in the upper part)."""

    def __init__(self, rng, kind, shape):
        h, w = shape
        if kind in ('water', 'stream'):
            self.width, self.height, self.left = w, int(h * 0.35), 0
            self.top = h - self.height if kind == 'water' else 0
        else:
            self.width, self.height = int(rng.uniform(500, 1500)), int(rng.uniform(400, 1000))
            self.left, self.top = int(rng.uniform(0, w - self.width)), int(rng.uniform(0, h - self.height))
        cells, amounts = SWAYS[kind]
        self.kind, self.amount, self.rate = kind, rng.uniform(*amounts), rng.uniform(0.6, 1.6)
        knots = np.float32(rng.normal(0, 0.6, (4, max(3, self.height // cells), max(3, self.width // cells))))
        self.fields = [cv2.resize(k, (self.width, self.height), interpolation=cv2.INTER_CUBIC) for k in knots]
        edge = np.zeros((self.height, self.width), np.float32)
        border = max(2, min(self.height, self.width) // 8)
        edge[border:-border, border:-border] = 1
        if kind == 'water':
            edge[border:, :] = 1
        if kind == 'stream':
            edge[:-border, :] = 1
        self.edge = cv2.blur(edge, (2 * border + 1, 2 * border + 1))
        self.grid = np.meshgrid(np.arange(self.width, dtype=np.float32), np.arange(self.height, dtype=np.float32))

    def shift(self, time):
        """Displacement [height,width] in x and y; none at time 0."""
        if self.kind == 'flag':
            wave = lambda t: np.sin(self.grid[0] * np.float32(2 * np.pi / 240) - np.float32(3 * self.rate * t))
            along = wave(time) - wave(0)
            return 0.3 * along, along
        s, c = np.float32(np.sin(self.rate * time)), np.float32(1 - np.cos(self.rate * time))
        a, b, d, e = self.fields
        return s * a + c * b, (s * d + c * e) * (0.4 if self.kind in ('water', 'stream') else 1)

    def apply(self, radiance, time):
        """Moves the region; in place."""
        if time == 0:
            return
        rows, columns = slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)
        dx, dy = (self.edge * np.float32(self.amount) * d for d in self.shift(time))
        moved = cv2.remap(radiance[rows, columns], self.grid[0] + dx, self.grid[1] + dy, cv2.INTER_CUBIC,
                          borderMode=cv2.BORDER_REFLECT)
        radiance[rows, columns] = np.maximum(moved, 0)
