"""What a scene is to look like. Its one definition is the one that networks are trained by, models/train/data/look.py; here it is asked
with the benchmark's cameras."""
import os
import sys

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'models', 'train'))
from data import look


class Curve:
    """A camera without its noise, as the look asks for it."""

    def __init__(self, camera):
        self.camera = camera

    def render(self, light):
        """Light, of which 1 clips -> what is displayed, 0..1"""
        return self.camera.shoot(light, 0).astype(np.float32) / 255


def truth(radiance, camera, evs):
    """uint8 BGR"""
    return look.truth(radiance, evs, Curve(camera))


def mertens_truth(radiance, camera, evs):
    """As OpenCV's Mertens fuses a dense bracket, which was the truth before: uint8 BGR"""
    return look.mertens_truth(radiance, evs, Curve(camera))
