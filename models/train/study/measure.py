"""A quality figure, and the method that the network is compared with."""
import cv2
import numpy as np

import camera


def psnr(picture, truth):
    """Over all channels of uint8 pictures [h,w,3]."""
    error = (picture.astype(np.float32) - truth) ** 2
    return float(10 * np.log10(255 ** 2 / max(error.mean(), 1e-3)))


def mertens(codes):
    """OpenCV's exposure fusion, default weights: uint8 [h,w,3]."""
    return camera.to_code(cv2.createMergeMertens().process(codes))
