"""Reads an Ultra HDR JPEG (base picture and gain map, Adobe/Google hdrgm 1.0) as linear light."""
import re

import cv2
import numpy as np


def read(path):
    """[h,w,3] float32 BGR, linear; 1 = white of the base picture, highlights above it."""
    with open(path, 'rb') as file:
        data = file.read()
    base = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    gain = None
    for found in reversed([m.start() for m in re.finditer(b'\xff\xd8\xff', data)][1:]):
        picture = cv2.imdecode(np.frombuffer(data[found:], np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture is not None and picture.shape[0] > 100:
            gain, tail = picture, data[found:]
            break
    if gain is None:
        raise SystemExit(f'{path}: no gain map')
    value = lambda name, default: float((re.search(name + rb'="([-0-9.]+)"', tail) or [0, default])[1])
    low, high = value(b'GainMapMin', 0), value(b'GainMapMax', 1)
    recovery = cv2.resize(np.float32(gain) / 255, base.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    boost = low + (high - low) * recovery ** (1 / value(b'hdrgm:Gamma', 1))
    x = np.float32(base) / 255
    linear = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    return np.float32(linear) * np.exp2(boost)[..., None]
