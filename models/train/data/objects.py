"""Moving things: textured cut-outs with a path, and regions that sway in place.

Times are in units of the spacing between exposures, 0 = the reference; lengths in pixels of a
256-pixel picture, multiplied by `scale` for larger ones.
"""
import cv2
import numpy as np

from data.planes import luminance

HIDDEN = 0.3          # share of the things that some exposures see and others do not
GROUNDS = 0.5, 0.3, 0.2  # shares of the things that are anywhere, before the brightest ground of some places, before the most even:
PLACES = 12           # there nothing but the thing itself tells that it has moved, and the reference may have lost it


def outline(rng, p):
    """A random mask [p,p] float32 in 0..1 with soft edges."""
    q = 2 * p
    mask = np.zeros((q, q), np.uint8)
    kind = rng.choice(['blob', 'polygon', 'ellipse', 'pole', 'branch', 'walker'],
                      p=[0.3, 0.15, 0.15, 0.12, 0.13, 0.15])
    centre = q / 2
    if kind == 'blob':
        angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        radius = 0.3 + sum(rng.normal(0, 0.12 / n) * np.cos(n * angle + rng.uniform(0, 6.3)) for n in range(1, 8))
        radius = np.clip(radius, 0.05, 0.48) * q
        points = np.stack([centre + radius * np.cos(angle) * rng.uniform(0.5, 1), centre + radius * np.sin(angle)], 1)
        cv2.fillPoly(mask, [np.int32(points)], 255)
    elif kind == 'polygon':
        angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 9)))
        radius = rng.uniform(0.2, 0.48, angle.size) * q
        cv2.fillPoly(mask, [np.int32(centre + np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1))], 255)
    elif kind == 'ellipse':
        axes = (int(q * rng.uniform(0.1, 0.48)), int(q * rng.uniform(0.1, 0.48)))
        cv2.ellipse(mask, (p, p), axes, rng.uniform(0, 180), 0, 360, 255, -1)
    elif kind == 'pole':
        half = max(1, int(q * rng.uniform(0.01, 0.06)))
        cv2.rectangle(mask, (p - half, 0), (p + half, q), 255, -1)
    elif kind == 'branch':
        tips = [(p, q, -np.pi / 2, q * 0.3, max(1, q // 24))]
        for _ in range(5):
            grown = []
            for x, y, a, length, thick in tips:
                ex, ey = x + length * np.cos(a), y + length * np.sin(a)
                cv2.line(mask, (int(x), int(y)), (int(ex), int(ey)), 255, int(max(1, thick)))
                if thick < q / 40:
                    cv2.circle(mask, (int(ex), int(ey)), int(q * rng.uniform(0.005, 0.04)), 255, -1)
                grown += [(ex, ey, a + rng.normal(s, 0.25), length * 0.72, thick * 0.65) for s in (-0.5, 0.5)]
            tips = grown
    else:  # a figure: head, trunk, two legs
        head = int(q * 0.07)
        cv2.circle(mask, (p, int(q * 0.14)), head, 255, -1)
        cv2.ellipse(mask, (p, int(q * 0.4)), (int(q * rng.uniform(0.08, 0.14)), int(q * 0.2)), 0, 0, 360, 255, -1)
        for side in (-1, 1):
            foot = (int(p + side * q * rng.uniform(0.01, 0.12)), int(q * 0.97))
            cv2.line(mask, (int(p + side * q * 0.03), int(q * 0.55)), foot, 255, int(q * 0.07))
    small = cv2.resize(mask, (p, p), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.9))


def place(rng, radiance, reach):
    """Where a thing is: (x, y)"""
    h, w = radiance.shape[:2]
    places = rng.uniform(0, 1, (PLACES, 2)) * (w, h)
    ground = rng.choice(3, p=GROUNDS)
    if ground == 0:
        return places[0]
    logs = [np.log2(luminance(around(radiance, at, reach)[::4, ::4]) + 1e-6) for at in places]
    return places[np.argmax([log.mean() if ground == 1 else -log.std() for log in logs])]


def around(radiance, at, reach):
    h, w = radiance.shape[:2]
    x, y = np.int32(np.clip(at, 0, [w - 1, h - 1]))
    return radiance[max(0, y - reach):y + reach + 1, max(0, x - reach):x + reach + 1]


class Cutout:
    """A textured shape on a straight, turning, growing path."""

    def __init__(self, rng, sources, radiance, scale=1.0):
        h, w = radiance.shape[:2]
        self.p = p = int(rng.uniform(40, 130) * scale)
        self.alpha = outline(rng, p)
        self.place = place(rng, radiance, p // 3)
        speed = np.exp(rng.uniform(np.log(0.7), np.log(40))) * scale
        heading = rng.uniform(0, 2 * np.pi)
        self.velocity = speed * np.array([np.cos(heading), 0.6 * np.sin(heading)])
        self.angle, self.spin = rng.uniform(-0.6, 0.6), rng.choice([0, rng.normal(0, 0.15)])
        self.size, self.growth = rng.uniform(0.7, 1.5), rng.choice([0, rng.normal(0, 0.06)])
        # Brightness relative to what it covers at the reference instant.
        under = np.median(luminance(around(radiance, self.place, p // 3)))
        steps = rng.choice([rng.normal(0, 0.3), -rng.uniform(0.7, 4), rng.uniform(0.7, 4), rng.normal(0, 2)],
                           p=[0.4, 0.25, 0.2, 0.15])
        self.texture = sources.texture(rng, (p, p)) * np.float32((under + 1e-4) * 2 ** steps)
        self.hidden = rng.random() < HIDDEN  # seen in some exposures only, see visible()
        self.seed = int(rng.integers(1 << 30))

    def visible(self, time):
        return not self.hidden or np.random.default_rng(self.seed + int(time * 64)).random() < 0.5

    def steps(self, duration):
        """Instants needed to blur the path of one exposure smoothly, about one per 1.5 pixels."""
        reach = np.hypot(*self.velocity) + abs(self.spin) * self.p / 2
        return int(np.clip(np.ceil(reach * duration / 1.5), 1, 8))

    def paint(self, radiance, time, duration):
        """Lays the cut-out over [h,w,3], blurred over the exposure's duration; in place."""
        if not self.visible(time):
            return
        h, w = radiance.shape[:2]
        count = self.steps(duration)
        instants = [time + duration * ((i + 0.5) / count - 0.5) for i in range(count)]
        places = np.array([self.place + self.velocity * t for t in instants])
        reach = 0.75 * self.p * max(max(0.2, self.size + self.growth * t) for t in instants) + 2
        x0, y0 = np.int32(np.clip(np.floor(places.min(0) - reach), 0, [w, h]))
        x1, y1 = np.int32(np.clip(np.ceil(places.max(0) + reach), 0, [w, h]))
        if x0 >= x1 or y0 >= y1:
            return
        cover = np.zeros((y1 - y0, x1 - x0, 4), np.float32)
        layer = np.dstack([self.texture * self.alpha[..., None], self.alpha])
        for t, place in zip(instants, places):
            matrix = cv2.getRotationMatrix2D((self.p / 2, self.p / 2), np.degrees(self.angle + self.spin * t),
                                             max(0.2, self.size + self.growth * t))
            matrix[:, 2] += place - self.p / 2 - (x0, y0)
            cover += cv2.warpAffine(layer, matrix, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR) / np.float32(count)
        part = radiance[y0:y1, x0:x1]
        part *= np.maximum(1 - cover[..., 3:], 0)  # a sum of shares may round to more than one
        part += cover[..., :3]


class Sway:
    """A region (leaves, water, flags) whose points move a few pixels, each exposure its own way."""

    def __init__(self, rng, size, scale=1.0):
        h, w = size
        coarse = np.float32(rng.normal(0, 1, (2, 2, rng.integers(4, 12), rng.integers(4, 12))))
        self.fields = [[cv2.resize(c, (w, h), interpolation=cv2.INTER_CUBIC) for c in pair] for pair in coarse]
        mask = cv2.resize(np.float32(rng.random((4, 4)) < 0.4), (w, h), interpolation=cv2.INTER_CUBIC)
        self.amount = np.clip(mask, 0, 1) * rng.uniform(0.5, 5) * scale
        self.rate = rng.uniform(0.5, 2)
        self.grid = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))

    def apply(self, radiance, time):
        """[h,w,3] -> the same, moved; nothing moves at time 0."""
        s, c = np.sin(self.rate * time), 1 - np.cos(self.rate * time)
        dx, dy = (self.amount * (s * a + c * b) for a, b in zip(*self.fields))
        return cv2.remap(radiance, self.grid[0] + np.float32(dx), self.grid[1] + np.float32(dy),
                         cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
