"""Writes test/golden/quality.json and .bin.gz: held-out brackets for the tests of the TypeScript side.

usage: python3 models/train/quality_scenes.py --data ../shared/data [--checkpoint models/train/runs/last.pt]
Panoramas only (CC0, Poly Haven), so that the pictures may be shipped. Each bracket is K exposures and the truth, each
256x256 in I420 (full range, BT.709), one after the other. The figures are luma PSNR in dB of OpenCV's
Mertens and of the network in PyTorch: the first is to be beaten, the second to be met by what is shipped.
"""
import argparse
import gzip
import json
import os

import cv2
import numpy as np
import torch

import camera
import measure
import render
import scenes
import shipped
from fuser import Fuser

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, '..', '..', 'test', 'golden')
SEED, SCENES = 40_000, 6


def planes(picture):
    """Bytes of an I420 picture."""
    y, chroma = camera.to_planes(picture)
    return b''.join(np.ascontiguousarray(p).astype(np.uint8).tobytes() for p in (y, chroma[0], chroma[1]))


def luma(picture):
    return camera.to_planes(picture)[0].astype(np.float32)


def psnr(a, b):
    return round(float(10 * np.log10(255 ** 2 / ((a - b) ** 2).mean())), 2)


def fused_luma(model, codes, r):
    """As the pipeline has it: by way of R, G and B colours that these cannot show would be cut off."""
    y, chroma = (torch.from_numpy(np.stack(p)).float() / 255 for p in zip(*(camera.to_planes(c) for c in codes)))
    return (255 * Fuser(model).fuse(y, chroma, r)[0].numpy()).round().clip(0, 255)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--checkpoint', help='default: the shipped weights')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    model = shipped.network_of(args.checkpoint)
    held = scenes.Sources(args.data, held_out=True)
    rows, data = [], []
    for i in range(SCENES):
        rng = np.random.default_rng([SEED, i])
        bracket = render.sample(rng, held, 3, None, True, photos=0.0)
        truth = luma(bracket.truth)
        rows.append({
            'exposures': len(bracket.codes),
            'reference': bracket.r,
            'middle': psnr(luma(bracket.codes[bracket.r]), truth),
            'mertens': psnr(luma(measure.mertens(bracket.codes)), truth),
            'network': psnr(fused_luma(model, bracket.codes, bracket.r), truth),
        })
        data += [planes(code) for code in (*bracket.codes, bracket.truth)]
    with open(os.path.join(GOLDEN, 'quality.json'), 'w') as file:
        json.dump({'width': render.SIZE, 'height': render.SIZE, 'brackets': rows}, file, indent=2)
        file.write('\n')
    with open(os.path.join(GOLDEN, 'quality.bin.gz'), 'wb') as file:
        # No time stamp: the same pictures give the same file.
        with gzip.GzipFile(fileobj=file, mode='wb', mtime=0, filename='') as packed:
            packed.write(b''.join(data))
    print(json.dumps(rows, indent=2))


if __name__ == '__main__':
    main()
