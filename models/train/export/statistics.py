"""Writes statistics.json: what models/train/rule.py says of seeded pictures of noise; of limited range, too, where the noise
goes beyond black and white.

usage: python3 test/ipl/kernels/statistics.py
"""
import json
import os
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', '..', 'models', 'train'))
import rule  # noqa: E402

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


def main():
    out = []
    for seed, (width, height, exposures, reference, block, full) in enumerate(CASES, 1):
        luma, chroma = zip(*(planes(width, height, seed + k) for k in range(exposures)))
        codes = (torch.tensor(np.stack(plane)[None]) for plane in (luma, chroma))
        statistics = rule.block_statistics(*rule.from_codes(*codes, full), reference, block)
        out.append({'width': width, 'height': height, 'exposures': exposures, 'reference': reference,
                    'block': block, 'range': 'full' if full else 'limited', 'seed': seed,
                    'statistics': [float('%.6g' % value) for value in statistics.flatten().tolist()]})
    with open(os.path.join(HERE, 'statistics.json'), 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(case, separators=(',', ':')) for case in out) + '\n]\n')


if __name__ == '__main__':
    main()
