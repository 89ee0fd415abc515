"""The methods that the product is compared with: functions of (exposures dark to bright, reference) -> picture.

Pictures are uint8 BGR. Peers get the full-colour pictures, the product 4:2:0 planes as it would in a pipeline.
"""
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Callable

import cv2
import numpy as np

import extended_fusion
import published


def middle(pictures, reference):
    """The reference exposure as it is."""
    return pictures[reference]


def mertens(pictures, reference=None):
    """OpenCV's exposure fusion (Mertens et al. 2007), default weights."""
    fused = cv2.createMergeMertens().process(pictures)
    return np.rint(np.clip(fused, 0, 1) * 255).astype(np.uint8)


def aligned_mertens(pictures, reference):
    """The same after OpenCV's median threshold bitmaps (Ward 2003), which shift whole pictures."""
    aligned = [picture.copy() for picture in pictures]
    cv2.createAlignMTB().process(pictures, aligned)
    return mertens(aligned)


def enfuse(pictures, reference=None):
    """enfuse with its defaults; PNG in and out."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f'{k}.png') for k in range(len(pictures))]
        for path, picture in zip(paths, pictures):
            cv2.imwrite(path, picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        out = os.path.join(folder, 'out.png')
        subprocess.run(['enfuse', '-o', out, *paths], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return cv2.imread(out, cv2.IMREAD_COLOR)


@dataclass(frozen=True)
class Peer:
    name: str
    fuse: Callable
    kind: str = 'peers'  # which code it is made of (cache.MEASURES)


def available(weights, wanted=None):
    """The peers that run here; `weights` is the folder for published.py, `wanted` picks some by name."""
    found = [Peer('middle', middle), Peer('mertens', mertens), Peer('align+mertens', aligned_mertens)]
    if shutil.which('enfuse'):
        found.append(Peer('enfuse', enfuse))
    found.append(Peer('extended fusion', extended_fusion.fuse, 'extended'))
    found += [Peer(name, fuse, 'published') for name, fuse in published.available(weights).items()]
    return [peer for peer in found if not wanted or peer.name in wanted]
