"""BGR pictures <-> I420 planes (BT.709, full range), which is what the product fuses."""
import cv2
import numpy as np

from sources import LUMA

KR, KG, KB = 0.2126, 0.7152, 0.0722
TO_CHROMA = np.float32([[0.5, -KG / (2 - 2 * KB), -KR / (2 - 2 * KB), 128],
                        [-KB / (2 - 2 * KR), -KG / (2 - 2 * KR), 0.5, 128]])
TO_BGR = np.float32([[1, 2 - 2 * KB, 0], [1, -KB * (2 - 2 * KB) / KG, -KR * (2 - 2 * KR) / KG], [1, 0, 2 - 2 * KR]])


def to_i420(code):
    """uint8 BGR of even size -> bytes of Y, U, V, without row padding (widths that are multiples of 8)."""
    h, w = code.shape[:2]
    assert h % 2 == 0 and w % 8 == 0, 'GStreamer would pad the rows of such a picture'
    y = np.rint(cv2.transform(code.astype(np.float32), LUMA)).astype(np.uint8)
    half = cv2.resize(code.astype(np.float32), (w // 2, h // 2), interpolation=cv2.INTER_AREA)
    chroma = np.clip(np.rint(cv2.transform(half, TO_CHROMA)), 0, 255).astype(np.uint8)
    return b''.join(np.ascontiguousarray(p).tobytes() for p in (y, chroma[..., 0], chroma[..., 1]))


def luma_of(data, h, w):
    """The Y plane of I420 bytes, uint8 [h,w]."""
    return np.frombuffer(data, np.uint8, h * w).reshape(h, w)


def to_bgr(data, h, w):
    """Bytes of I420 -> uint8 BGR; chroma is interpolated linearly, its samples lie between the pixels."""
    planes = np.frombuffer(data, np.uint8)
    y = luma_of(data, h, w).astype(np.float32)
    chroma = planes[h * w:].reshape(2, h // 2, w // 2).astype(np.float32) - 128
    u, v = (cv2.resize(c, (w, h), interpolation=cv2.INTER_LINEAR) for c in chroma)
    return np.clip(np.rint(cv2.transform(cv2.merge([y, u, v]), TO_BGR)), 0, 255).astype(np.uint8)
