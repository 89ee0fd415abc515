"""OpenCV's Mertens, whole: python3 mertens.py OUT PICTURE..."""
import sys

import cv2
import numpy

pictures = [cv2.imread(name) for name in sys.argv[2:]]
fused = cv2.createMergeMertens().process(pictures)
cv2.imwrite(sys.argv[1], numpy.clip(fused * 255 + 0.5, 0, 255).astype(numpy.uint8), [cv2.IMWRITE_JPEG_QUALITY, 95])
