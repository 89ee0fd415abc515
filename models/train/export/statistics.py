"""test/ipl/kernels/statistics.json: what rule.py says of seeded pictures of noise; of limited range, too, where the noise goes beyond
black and white."""
import json

import numpy as np
import torch

from network import rule

# Sizes that divide into blocks and that do not, with and without steps between samples.
CASES = [(48, 32, 3, 1, 16, True), (62, 38, 2, 0, 8, True), (90, 70, 5, 2, 32, True), (140, 66, 3, 2, 64, True),
         (48, 32, 3, 1, 16, False), (140, 66, 2, 0, 64, False)]


def noise(length, seed):
    out, state = np.empty(length, np.uint8), seed
    for i in range(length):
        state = (state * 1664525 + 1013904223) % 2 ** 32
        out[i] = state >> 24
    return out


def planes(width, height, seed):
    """Luma [H,W] and chroma [2,H/2,W/2] of an I420 frame as GStreamer lays it out."""
    stride, half = -(-width // 4) * 4, -(-(width // 2) // 4) * 4
    frame = noise((stride + half) * height, seed)
    luma = frame[:stride * height].reshape(height, stride)[:, :width]
    return luma, frame[stride * height:].reshape(2, height // 2, half)[:, :, :width // 2]


def planes_of(width, height, exposures, seed):
    """-> codes [1,K,H,W] and [1,K,2,H/2,W/2]"""
    luma, chroma = zip(*(planes(width, height, seed + k) for k in range(exposures)))
    return tuple(torch.tensor(np.stack(plane)[None]) for plane in (luma, chroma))


def write_lines(path, cases):
    with open(path, 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases) + '\n]\n')


def rounded(values):
    return [float('%.6g' % value) for value in values.flatten().tolist()]


def record(path):
    out = []
    for seed, (width, height, exposures, reference, block, full) in enumerate(CASES, 1):
        codes = planes_of(width, height, exposures, seed)
        statistics = rule.block_statistics(*rule.from_codes(*codes, full), reference, block)
        out.append({'width': width, 'height': height, 'exposures': exposures, 'reference': reference, 'block': block,
                    'range': 'full' if full else 'limited', 'seed': seed, 'statistics': rounded(statistics)})
    write_lines(path, out)
