"""Figures of a picture against the truth. Pictures are uint8 BGR [h,w,3]. How each was checked: selftest.py."""
import cv2
import numpy as np

from sources import LUMA

ROWS, SSIM_ROWS = 48, 100  # rows at a time, which stay in the processor's cache


def psnr(picture, truth, where=None):
    """dB over all three channels; `where` picks pixels ([h,w], anything but 0)."""
    total, count = 0.0, 0
    for top in range(0, len(truth), ROWS):
        error = cv2.absdiff(picture[top:top + ROWS], truth[top:top + ROWS]).astype(np.float32) ** 2
        if where is not None:
            error = error[where[top:top + ROWS] != 0]
        total, count = total + float(error.sum(dtype=np.float64)), count + error.size
    if not count:
        return None
    return float(10 * np.log10(255.0 ** 2 * count / max(total, 1e-3)))


def luma(picture):
    """uint8 BGR -> BT.709 luma in codes, float32 (not rounded)."""
    return cv2.transform(picture.astype(np.float32), LUMA)


def ssim(picture, truth):
    """Mean structural similarity of luma (Wang et al. 2004): Gaussian of 11x11, sigma 1.5; whole windows only."""
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    total, count = 0.0, 0
    for top in range(0, len(truth) - 10, SSIM_ROWS):
        rows = slice(top, top + SSIM_ROWS + 10)
        # About the middle code: beside squares of 255, float32 would lose small variances.
        a, b = luma(picture[rows]) - 128, luma(truth[rows]) - 128
        blur = lambda x: cv2.GaussianBlur(x, (11, 11), 1.5)[5:-5, 5:-5]
        ma, mb = blur(a), blur(b)
        va, vb, vab = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
        ma += 128
        mb += 128
        value = ((2 * ma * mb + c1) * (2 * vab + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
        total, count = total + float(value.sum(dtype=np.float64)), count + value.size
    return total / count


def flicker(lumas):
    """Of a sequence of luma planes: mean |second difference in time| of pixels, and of the means of 64x64 blocks.

    The first counts noise, too, so it is read beside the reference exposure's own; the second shows pumping."""
    pixels, blocks = [], []
    for before, now, after in zip(lumas, lumas[1:], lumas[2:]):
        second = np.float32(before) - 2 * np.float32(now) + np.float32(after)
        pixels.append(float(np.abs(second).mean(dtype=np.float64)))
        small = cv2.resize(second, (second.shape[1] // 64, second.shape[0] // 64), interpolation=cv2.INTER_AREA)
        blocks.append(float(np.abs(small).mean(dtype=np.float64)))
    return {'pixels': float(np.mean(pixels)), 'blocks': float(np.mean(blocks))}
