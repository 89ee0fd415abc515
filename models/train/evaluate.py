"""Measures a checkpoint against other methods, all on the same pictures in the same run.

usage: python3 models/train/evaluate.py --data ../shared/data --out models/train/runs/figures.json
       [--checkpoint ...] [--part panoramas uhd real] [--clean] [--pictures DIR]
panoramas: brackets of 256x256 rendered from the seven held-out panoramas.
uhd: 3840x2160 brackets with moving objects rendered from measure-only/hdr-4k (never trained on).
real: fuses the real brackets into --pictures, to be looked at (measure-only: keep them out of git).
"""
import argparse
import glob
import json
import os

import numpy as np
import cv2
import torch

import measure
import memory
import network
import render
import scenes
from fuser import Fuser

HERE = os.path.dirname(os.path.abspath(__file__))


class Table:
    """Mean figures of each method."""

    def __init__(self):
        self.rows = {}

    def add(self, method, picture, bracket):
        where = bracket.moved if bracket.moved.mean() > 1e-4 else None
        self.rows.setdefault(method, []).append((
            measure.psnr(picture, bracket.truth), measure.ssim(picture, bracket.truth),
            measure.psnr(picture, bracket.truth, where) if where is not None else np.nan))

    def summary(self):
        out = {}
        for method, rows in self.rows.items():
            psnr, ssim = np.mean([row[:2] for row in rows], 0)
            moved = np.array([row[2] for row in rows if np.isfinite(row[2])])
            out[method] = {'psnr': round(float(psnr), 2), 'ssim': round(float(ssim), 4)}
            if moved.size:
                out[method]['psnrMoved'] = round(float(moved.mean()), 2)
        return out


def compare(table, model, bracket):
    """Adds one bracket's figures; returns the pictures."""
    codes = bracket.codes
    out = {
        'ipl-s, 4 slices, empty cache': measure.network_fusion(Fuser(model, 4), codes, bracket.r),
        'ipl-s': measure.network_fusion(Fuser(model), codes, bracket.r),
        'middle exposure': codes[bracket.r],
        'OpenCV Mertens': measure.mertens(codes),
        'OpenCV AlignMTB + Mertens': measure.aligned_mertens(codes),
        'enfuse': measure.enfuse(codes),
    }
    for method, picture in out.items():
        table.add(method, picture, bracket)
    return out


def panoramas(model, data, seed, clean, count=48):
    """256x256, dynamic and static."""
    held = scenes.Sources(data, held_out=True)
    figures = {}
    for salt, kind in enumerate(('dynamic', 'static')):
        table = Table()
        for i in range(count):
            rng = np.random.default_rng([seed, 20_000 + salt, i])
            compare(table, model, render.sample(rng, held, 3, None, kind == 'dynamic', photos=0.0, clean=clean))
        figures[kind] = table.summary()
    return {'size': '256x256', 'brackets': count, **figures}


def uhd(model, data, seed, clean, pictures, count=1):
    """3840x2160, each radiance map `count` times dynamic and once static."""
    held = scenes.Sources(data, held_out=True)
    figures = {}
    paths = sorted(glob.glob(os.path.join(data, 'measure-only/hdr-4k/*.exr')))
    for salt, kind in enumerate(('dynamic', 'static')):
        table = Table()
        for path in paths:
            radiance = cv2.imread(path, cv2.IMREAD_UNCHANGED)[..., :3].astype(np.float32)
            scale = radiance.shape[0] / 256
            margin = int(render.MARGIN * scale)
            radiance = cv2.copyMakeBorder(np.maximum(radiance, 0), margin, margin, margin, margin, cv2.BORDER_REFLECT)
            for i in range(count if kind == 'dynamic' else 1):
                rng = np.random.default_rng([seed, 30_000 + salt, i, len(os.path.basename(path))])
                bracket = render.Bracket(rng, radiance, held, 3, None, kind == 'dynamic', scale, clean)
                out = compare(table, model, bracket)
                if pictures:
                    name = f'{os.path.basename(path)[:-4]}-{kind}-{i}'
                    show = [*bracket.codes, out['ipl-s'], out['OpenCV Mertens'], bracket.truth]
                    for j, picture in enumerate(show):
                        cv2.imwrite(os.path.join(pictures, f'{name}-{j}.png'), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        figures[kind] = table.summary()
    return {'size': '3840x2160', 'scenes': len(paths), **figures}


def real(model, data, pictures):
    """Fused pictures of the real brackets; the reference is the middle exposure."""
    for folder in sorted(glob.glob(os.path.join(data, 'free/brackets/*'))
                         + glob.glob(os.path.join(data, 'measure-only/dynamic/*'))
                         + glob.glob(os.path.join(data, 'measure-only/static/*'))):
        codes = [cv2.imread(os.path.join(folder, f'{k}.jpg')) for k in range(3)]
        h, w = (min(c.shape[i] for c in codes) // 2 * 2 for i in (0, 1))
        codes = [np.ascontiguousarray(c[:h, :w]) for c in codes]
        name = os.path.join(pictures, os.path.basename(folder))
        cv2.imwrite(f'{name}-ipl.png', measure.network_fusion(Fuser(model), codes, 1))
        cv2.imwrite(f'{name}-mertens.png', measure.mertens(codes))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--checkpoint', default=os.path.join(HERE, 'runs', 'last.pt'))
    parser.add_argument('--part', nargs='+', default=['panoramas', 'uhd'])
    parser.add_argument('--pictures')
    parser.add_argument('--clean', action='store_true', help='no sensor noise, no JPEG')
    parser.add_argument('--out', default=os.path.join(HERE, 'runs', 'figures.json'))
    parser.add_argument('--seed', type=int, default=1)
    args = parser.parse_args()
    memory.keep()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    model = network.Ipl().eval()
    model.load_state_dict(torch.load(args.checkpoint, map_location='cpu')['model'])
    if args.pictures:
        os.makedirs(args.pictures, exist_ok=True)
    figures, noise = {}, 'without noise' if args.clean else 'with noise'
    if os.path.exists(args.out):
        with open(args.out) as file:
            figures = json.load(file)
    if 'panoramas' in args.part:
        figures[f'panoramas held out, {noise}'] = panoramas(model, args.data, args.seed, args.clean)
    if 'uhd' in args.part:
        figures[f'UHD radiance, measure only, {noise}'] = uhd(model, args.data, args.seed, args.clean, args.pictures)
    if 'real' in args.part:
        real(model, args.data, args.pictures)
    with open(args.out, 'w') as file:
        json.dump(figures, file, indent=2)
    print(json.dumps(figures, indent=2))


if __name__ == '__main__':
    main()
