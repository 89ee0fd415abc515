"""MEF-SSIMd: the same for brackets in which something moves.

Y. Fang, H. Zhu, K. Ma, Z. Wang, S. Li, "Perceptual Evaluation for Multi-Exposure Image Fusion of Dynamic Scenes", IEEE TIP
29, 2020. Windows whose structures agree in all pairs of exposures are static; there the fused picture is compared with
the whole bracket as in MEF-SSIM (fixed power, one scale). In the others it is compared with one exposure and that exposure
brought to the others' brightness by matching histograms; the exposure that fits best counts. The score is the mean of both.

As in the authors' MATLAB code, the wanted structure of a moving window is that of the one exposure, and its contrast the
greatest of that exposure and its matched versions; matching is MATLAB's imhistmatch. What differs: the disk of the
morphological opening is exact (MATLAB's is an octagon).
"""
import cv2
import numpy as np

from mef_ssim import C, REACH, WINDOW, Wanted, box, contrasts, covariances, grey, shares_of, strips

POWER = 4
CONSISTENT = 0.5
DISK = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * WINDOW + 1, 2 * WINDOW + 1))


def matched(picture, like):
    """uint8 [h,w] with its codes changed so that its histogram is that of `like`."""
    counts = np.bincount(picture.ravel(), minlength=256)
    target = np.cumsum(np.bincount(like.ravel(), minlength=256)) * (picture.size / like.size)
    middle = np.cumsum(counts) - np.concatenate([[0], counts[1:-1], [0]]) / 2
    table = np.minimum(np.searchsorted(target, middle - picture.size * 1.5e-8), 255).astype(np.uint8)
    return table[picture]


def static_map(images):
    """uint8, 1 where no pair of exposures shows different things; whole windows only."""
    height, width = (side - 2 * REACH for side in images[0].shape)
    pairs = [(i, j) for i in range(len(images)) for j in range(i + 1, len(images))]
    maps = {pair: np.zeros((height, width), np.uint8) for pair in pairs}
    for rows in strips(images[0].shape[0]):
        cov = covariances([x[rows].astype(np.float64) - 128 for x in images], box)
        sigma = [np.sqrt(np.maximum(cov[k, k], 0)) for k in range(len(images))]
        for i, j in pairs:
            agree = (cov[i, j] + C) / (sigma[i] * sigma[j] + C) >= CONSISTENT
            maps[i, j][rows.start:rows.start + agree.shape[0]] = agree
    return np.minimum.reduce([cv2.morphologyEx(m, cv2.MORPH_OPEN, DISK) for m in maps.values()])


class MefSsimD:
    """Prepared for one bracket (uint8 BGR), scores any number of fused pictures."""

    def __init__(self, exposures):
        self.images = [grey(p) for p in exposures]
        self.static = static_map(self.images)
        others = lambda k: [matched(self.images[k], x) for i, x in enumerate(self.images) if i != k]
        self.sequences = [[self.images[k], *others(k)] for k in range(len(self.images))]

    def score(self, fused):
        """@returns the score; also keeps `static_score`, `moving_score` and `share`, the share of moving windows."""
        image = grey(fused).astype(np.float64) - 128
        static, moving, count = 0.0, np.zeros(len(self.images)), 0
        for rows in strips(image.shape[0]):
            still = self.static[rows.start:rows.start + (rows.stop - rows.start) - 2 * REACH].astype(bool)
            static += self._whole(rows, image[rows])[still].sum()
            count += still.sum()
            if not still.all():
                for k, sequence in enumerate(self.sequences):
                    moving[k] += self._single(sequence, rows, image[rows])[~still].sum()
        self.share = 1 - count / self.static.size
        self.static_score = static / count if count else None
        if not self.share:
            return self.static_score
        self.moving_score = moving.max() / (self.static.size - count)
        # Without a static window the authors' code divides by nothing; the moving half alone is what is left.
        return float(self.moving_score if self.static_score is None else (self.static_score + self.moving_score) / 2)

    def _whole(self, rows, image):
        """Against all exposures."""
        strip = [x[rows].astype(np.float64) - 128 for x in self.images]
        cov = covariances(strip, box)
        contrast = contrasts(cov, len(strip))
        weights = [c ** POWER + 1e-3 for c in contrast]
        return Wanted(strip, shares_of(weights, contrast, np.maximum.reduce(contrast), cov)).agreement(image)

    def _single(self, sequence, rows, image):
        """Against the first of a sequence, as contrasty as the most contrasty of it."""
        strip = [x[rows].astype(np.float64) - 128 for x in sequence]
        contrast = [np.sqrt(np.maximum(box(x * x) - box(x) ** 2, 0)) * WINDOW + 1e-3 for x in strip]
        first, cov = strip[:1], covariances(strip[:1], box)
        return Wanted(first, shares_of([1.0], contrast[:1], np.maximum.reduce(contrast), cov)).agreement(image)
