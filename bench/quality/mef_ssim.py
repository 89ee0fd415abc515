"""MEF-SSIM: how well a fused picture keeps the structure of a static bracket, without a truth.

K. Ma, K. Zeng, Z. Wang, "Perceptual Quality Assessment for Multi-Exposure Image Fusion", IEEE TIP 24(11), 2015.
In every 11x11 window the exposures are taken apart into contrast (the norm of the patch about its mean) and structure (its
direction). The wanted patch has the greatest contrast, and the mean structure weighted by contrast to a power p that
grows with how consistent the structures are; it is compared with the fused patch as in SSIM, without luminance. Three
scales, weights of multi-scale SSIM. Grey values, only whole windows.

Written from the paper; details that it leaves open are as in the authors' MATLAB code: p at most 10, 0.001 added to
contrasts, weights 0.0448, 0.2856, 0.3001 made to sum to one.
"""
import cv2
import numpy as np

WINDOW, REACH = 11, 5
SIGMA = 1.5
C = (0.03 * 255) ** 2
SCALE_WEIGHTS = np.array([0.0448, 0.2856, 0.3001]) / (0.0448 + 0.2856 + 0.3001)
MAX_POWER = 10.0
TINY = 1e-3     # added to contrasts
STRIP = 256     # rows at a time: float64 maps of a whole UHD picture would need gigabytes


def grey(picture):
    """uint8 BGR -> uint8, as MATLAB's rgb2gray"""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def box(x):
    """Mean over each 11x11 window that lies whole in the picture."""
    return cv2.blur(x, (WINDOW, WINDOW))[REACH:-REACH, REACH:-REACH]


def gauss(x):
    return cv2.GaussianBlur(x, (WINDOW, WINDOW), SIGMA)[REACH:-REACH, REACH:-REACH]


def covariances(images, mean):
    """{(i, j): windowed covariance} for i <= j"""
    means = [mean(x) for x in images]
    return {(i, j): mean(images[i] * images[j]) - means[i] * means[j]
            for i in range(len(images)) for j in range(i, len(images))}


def norm_squared(shares, cov):
    """Of sum_k shares_k * patch_k, per pixel of the window that `cov` was taken with."""
    total = 0
    for (i, j), value in cov.items():
        total = total + (1 if i == j else 2) * shares[i] * shares[j] * value
    return np.maximum(total, 0)


def contrasts(cov, count):
    """Norms of the patches about their means."""
    return [np.sqrt(np.maximum(cov[k, k], 0)) * WINDOW + TINY for k in range(count)]


class Wanted:
    """The wanted patches of a strip: sum_k shares_k * (exposure_k about its mean)."""

    def __init__(self, images, shares):
        self.images, self.shares = images, shares
        self.gaussian_means = [gauss(x) for x in images]
        self.variance = norm_squared(shares, covariances(images, gauss))

    def agreement(self, fused):
        """SSIM's contrast and structure term with the fused picture, a map."""
        mean = gauss(fused)
        variance = np.maximum(gauss(fused * fused) - mean * mean, 0)
        both = sum(share * (gauss(x * fused) - m * mean)
                   for share, x, m in zip(self.shares, self.images, self.gaussian_means))
        return (2 * both + C) / (self.variance + variance + C)


def shares_of(weights, contrast, strength, cov):
    """Shares of the exposures' patches in the wanted patch: structures by weight, scaled to the strength."""
    total = sum(weights)
    shares = [w / total / c for w, c in zip(weights, contrast)]
    norm = np.sqrt(norm_squared(shares, cov)) * WINDOW
    scale = np.divide(strength, norm, out=np.zeros_like(norm), where=norm > 0)
    return [share * scale for share in shares]


def wanted(images):
    """Of one strip of a static bracket."""
    cov = covariances(images, box)
    contrast = contrasts(cov, len(images))
    together = np.sqrt(norm_squared([1.0] * len(images), cov)) * WINDOW
    consistency = np.clip((together + 1e-16) / (sum(contrast) - TINY * len(images) + 1e-16), 0, 1 - 1e-16)
    power = np.minimum(np.tan(np.pi / 2 * consistency), MAX_POWER)
    weights = [(c / WINDOW) ** power + 1e-16 for c in contrast]
    return Wanted(images, shares_of(weights, contrast, np.maximum.reduce(contrast), cov))


def strips(height):
    """Rows (with what their windows reach over) that together give every whole window once."""
    return [slice(top, min(height, top + STRIP + 2 * REACH)) for top in range(0, height - 2 * REACH, STRIP)]


def halved(x):
    """Means of 2x2 pixels; an odd last row or column stands for two."""
    h, w = x.shape
    x = cv2.copyMakeBorder(x, 0, h % 2, 0, w % 2, cv2.BORDER_REPLICATE)
    return (x[::2, ::2] + x[1::2, ::2] + x[::2, 1::2] + x[1::2, 1::2]) / 4


class MefSsim:
    """Prepared for one bracket (uint8 BGR), scores any number of fused pictures."""

    def __init__(self, exposures):
        images = [grey(p).astype(np.float64) - 128 for p in exposures]
        self.scales = []
        for _ in SCALE_WEIGHTS:
            self.scales.append([(rows, wanted([x[rows] for x in images])) for rows in strips(images[0].shape[0])])
            images = [halved(x) for x in images]

    def score(self, fused):
        image, total = grey(fused).astype(np.float64) - 128, 1.0
        for scale, weight in zip(self.scales, SCALE_WEIGHTS):
            maps = [w.agreement(image[rows]) for rows, w in scale]
            total *= max(0.0, sum(m.sum() for m in maps) / sum(m.size for m in maps)) ** weight
            image = halved(image)
        return float(total)
