"""Pictures as codes and as planes. Pictures are BGR (OpenCV's order); planes are full-range BT.709 Y'CbCr, 4:2:0."""
import cv2
import numpy as np

LUMA = np.array([0.0722, 0.7152, 0.2126], np.float32)  # BT.709, BGR order


def luminance(radiance):
    """[h,w,3] BGR -> [h,w]"""
    return radiance @ LUMA


def to_code(display):
    """Display float 0..1 -> uint8"""
    return (np.clip(display, 0, 1) * 255 + 0.5).astype(np.uint8)


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
