"""ColorVideoVDP's quality in JOD (10: nobody sees a difference), where its C library is there: it is measured with, and not shipped.

    git clone https://github.com/halidecx/fcvvdp && cd fcvvdp
    gcc -O3 -march=native -ffast-math -std=gnu2x -fPIC -shared -o libcvvdp.so src/cvvdp.c src/cvvdp_c.c src/cvvdp_avx2.c -lm -lpthread
    export GST_IPL_FCVVDP=$PWD/libcvvdp.so
"""
import ctypes
import os

import numpy as np

VARIABLE = 'GST_IPL_FCVVDP'
# Of cvvdp.h: RGB of 16 bits, PQ, and a screen of 30", 4K, 1500 cd/m2, in low light.
RGB_UINT16, PQ, STANDARD_HDR_PQ = 2, 2, 2


class Image(ctypes.Structure):
    _fields_ = [('width', ctypes.c_int), ('height', ctypes.c_int), ('stride', ctypes.c_int), ('data', ctypes.c_void_p),
                ('format', ctypes.c_int), ('colorspace', ctypes.c_int)]


class Result(ctypes.Structure):
    _fields_ = [('jod', ctypes.c_double), ('quality', ctypes.c_double)]


def library():
    """@returns the library, or None and why there is none"""
    path = os.environ.get(VARIABLE, '')
    if not path:
        return None, f'JOD is not measured: {VARIABLE} names no library (bench/quality/jod.py says how it is built).'
    try:
        found = ctypes.CDLL(path)
        found.cvvdp_compare_images.restype = ctypes.c_int
        found.cvvdp_error_string.restype = ctypes.c_char_p
    except (OSError, AttributeError) as error:
        raise SystemExit(f'{VARIABLE} names no library of fcvvdp: {error}') from None
    return found, ''


def jod(found, got, truth):
    """Of two pictures in PQ codes from 0 to 1, [height, width, RGB] of BT.2020."""
    pixels = [np.ascontiguousarray(np.round(np.clip(each, 0, 1) * 65535).astype(np.uint16)) for each in (truth, got)]
    h, w = pixels[0].shape[:2]
    images = [Image(w, h, w * 6, each.ctypes.data, RGB_UINT16, PQ) for each in pixels]
    result = Result()
    error = found.cvvdp_compare_images(*map(ctypes.byref, images), STANDARD_HDR_PQ, 1, None, ctypes.byref(result))
    if error:
        raise SystemExit(f'fcvvdp does not compare pictures of {w}x{h}: {found.cvvdp_error_string(error).decode()}')
    return result.jod
