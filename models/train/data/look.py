"""What the network is to learn: how a scene that stands still, without noise, in all its exposures, is to look. The one place."""
import cv2
import numpy as np

from data.planes import to_code

EXPOSURES = 9  # of the dense bracket


def truth(radiance, evs, curve, exposures=EXPOSURES):
    """Motion-free, noise-free dense bracket over the EV span, fused by Mertens: uint8 BGR."""
    low, high = min(evs), max(evs)
    if len(evs) == 2:
        low, high = low - 0.5, high + 0.5
    stack = [to_code(curve.render(radiance * np.float32(2 ** ev)))
             for ev in np.linspace(low, high, exposures)]
    return mertens(stack)


def mertens(codes):
    """OpenCV's exposure fusion, default weights: uint8 [h,w,3]."""
    return to_code(cv2.createMergeMertens().process(codes))
