"""The size at which lost detail and halos are measured: 1920 pixels at most, so that a window of pixels is a part of the scene and
not of the sensor."""
import cv2

SIDE = 1920  # pixels of the longer side


def reduced(picture):
    scale = SIDE / max(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture


def grey(picture):
    """uint8 BGR of any size -> uint8 luma (BT.601), reduced"""
    return cv2.cvtColor(reduced(picture), cv2.COLOR_BGR2GRAY)
