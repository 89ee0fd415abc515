"""Writes test/golden/quality.json and .bin.gz: held-out brackets for the tests of the TypeScript side.

usage: python3 models/train quality-scenes [--checkpoint models/train/runs/NAME/last.pt]
Panoramas only (CC0, Poly Haven), so that the pictures may be shipped. Each bracket is K exposures and the truth, each
256x256 in I420 (full range, BT.709), one after the other, and the luma of the K exposures without noise and motion, which lost detail is
looked for in. The figures are luma PSNR in dB and lost detail in % (bench/quality/lost_detail.py) of the reference, of OpenCV's Mertens
and of the network in PyTorch: the first two are to be beaten, the last to be met by what is shipped.
"""
import argparse
import gzip
import json
import os
import sys

import cv2
import numpy as np
import torch

from data import bracket, planes, scenes
from data.look import mertens
from folders import GOLDEN, QUALITY
from network import shipped
from network.fuser import Fuser

sys.path.append(QUALITY)
from lost_detail import LostDetail

SEED = 40_000
SCENES = 0, 1, 3, 6, 11, 20  # the reference has lost much light, a little, light and shadows, shadows alone


def i420(picture):
    """Bytes of an I420 picture."""
    y, chroma = planes.to_planes(picture)
    return b''.join(np.ascontiguousarray(p).astype(np.uint8).tobytes() for p in (y, chroma[0], chroma[1]))


def luma(picture):
    """uint8 [h,w]"""
    return planes.to_planes(picture)[0]


def figures_of(fused, truth, lost):
    """Of luma, uint8; what the bracket lost nothing of is left out."""
    off = fused.astype(np.float32) - truth.astype(np.float32)
    return {'psnr': round(float(10 * np.log10(255 ** 2 / (off ** 2).mean())), 2), **{name: round(share, 2) for name, share in lost.score(fused).items()}}


def fused_luma(model, codes, r):
    """As the pipeline has it: by way of R, G and B colours that these cannot show would be cut off."""
    y, chroma = (torch.from_numpy(np.stack(p)).float() / 255 for p in zip(*(planes.to_planes(c) for c in codes)))
    return (255 * Fuser(model).fuse(y, chroma, r)[0].numpy()).round().clip(0, 255).astype(np.uint8)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train quality-scenes', description=__doc__.split('\n\n')[0])
    parser.add_argument('--checkpoint', help='default: the shipped weights')
    parser.add_argument('--golden', default=GOLDEN, help='folder to write to')
    args = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    model = shipped.network_of(args.checkpoint)
    held = scenes.Sources(held_out=True)
    rows, data = [], []
    for i in SCENES:
        rng = np.random.default_rng([SEED, i])
        made = bracket.sample(rng, held, 3, None, True, photos=0.0)
        truth, clean = luma(made.truth), [luma(code) for code in made.clean()]
        lost = LostDetail(clean, made.r)
        fused = {'middle': luma(made.codes[made.r]), 'mertens': luma(mertens(made.codes)), 'network': fused_luma(model, made.codes, made.r)}
        rows.append({
            'exposures': len(made.codes),
            'reference': made.r,
            **{what: figures_of(picture, truth, lost) for what, picture in fused.items()},
        })
        data += [*(i420(code) for code in (*made.codes, made.truth)), *(y.tobytes() for y in clean)]
    with open(os.path.join(args.golden, 'quality.json'), 'w') as file:
        json.dump({'width': bracket.SIZE, 'height': bracket.SIZE, 'brackets': rows}, file, indent=2)
        file.write('\n')
    with open(os.path.join(args.golden, 'quality.bin.gz'), 'wb') as file:
        # No time stamp: the same pictures give the same file.
        with gzip.GzipFile(fileobj=file, mode='wb', mtime=0, filename='') as packed:
            packed.write(b''.join(data))
    print(json.dumps(rows, indent=2))


if __name__ == '__main__':
    main()
