"""How good the weights are on brackets of scenes that training never sees."""
import math
import os

import cv2
import numpy as np
import torch

from data import shards
from data.planes import to_bgr
from data.recipe import VALIDATION
from learn.forward import rule_of

SHOWN = 6  # brackets in the picture


def validate(model, folder, name, picture=None):
    """Mean luma PSNR in dB over the brackets of a set, and where asked for a picture of the first: exposures, fused, truth."""
    data = shards.load(os.path.join(folder, f'validation-{name}'))
    scores, rows = [], []
    for i in range(len(data['y'])):
        y = torch.from_numpy(data['y'][i:i + 1].astype(np.float32)) / 255
        chroma = torch.from_numpy(data['chroma'][i:i + 1].astype(np.float32)) / 255
        with torch.no_grad():
            fused, colour = (255 * t[0].numpy() for t in rule_of(model, y, chroma, 1, y.shape[-1] // 32).fuse(chroma))
        error = np.mean((np.clip(fused, 0, 255) - data['truth_y'][i]) ** 2)
        scores.append(10 * math.log10(255 ** 2 / max(error, 1e-3)))
        if picture and i < SHOWN:
            show = [to_bgr(data['y'][i, k].astype(np.float32), data['chroma'][i, k]) for k in range(len(data['y'][i]))]
            rows.append(np.hstack([*show, to_bgr(fused, colour), to_bgr(data['truth_y'][i].astype(np.float32), data['truth_chroma'][i])]))
    if picture:
        cv2.imwrite(picture, np.vstack(rows))
    return float(np.mean(scores))


def sets(folder):
    """Names of the sets that were rendered."""
    return [name for name in VALIDATION if os.path.exists(os.path.join(folder, f'validation-{name}'))]
