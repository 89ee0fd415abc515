"""How far noise reduction should reach: rendered brackets, fused by the shipped network, smoothed by several reaches.

usage: python3 models/train denoise [--kind quarter] [--count 120]
Noise is measured by the product and smoothed by its kernel (study/noise.py), for luma alone. Prints the mean luma PSNR and SSIM
against the truth. Needs the pictures to be laid out, no checkpoint.
"""
import argparse
import os
import sys

import cv2
import numpy as np
import torch

from data import bracket
from data.planes import to_planes
from data.recipe import KINDS
from data.scenes import Sources
from folders import REPOSITORY
from learn.forward import rule_of
from network import shipped
from study.noise import Noise

sys.path.append(os.path.join(REPOSITORY, 'bench', 'quality'))
import metrics

DEVIATIONS = [0, 1, 2, 3, 4, 5, 6]       # reaches of the first pass
CHOSEN = 3
SHARES = [0, 0.25, 1 / 3, 0.5, 1]        # of a second pass, of the first one's reach
CLASSES = [(0, 0.5), (0.5, 1), (1, 2), (2, 4), (4, 8), (8, 16)]  # of noise, codes


def quality(luma, truth):
    grey = lambda x: np.repeat(np.uint8(np.clip(x, 0, 255))[..., None], 3, 2)
    return 10 * np.log10(255 ** 2 / ((luma - truth) ** 2).mean()), metrics.ssim(grey(luma), grey(truth))


def fused(model, planes, r, block):
    """Planes of the exposures, dark to bright -> luma codes of the fused picture."""
    y, chroma = (torch.from_numpy(np.stack(x))[None].float() / 255 for x in zip(*planes))
    with torch.no_grad():
        luma = rule_of(model, y, chroma, r, block).fuse(chroma)[0]
    return np.rint(np.clip(luma[0].numpy(), 0, 1) * 255).astype(np.uint8)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train denoise', description=__doc__.split('\n\n')[0])
    parser.add_argument('--kind', choices=list(KINDS), default='quarter', help='of the pictures, see data/recipe.py')
    parser.add_argument('--count', type=int, default=120)
    args = parser.parse_args(arguments)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    model, sources, noise_of, kind = shipped.load(), Sources(), Noise(), KINDS[args.kind]
    how = {name: value for name, value in kind.how.items() if name not in ('dynamic', 'clean')}
    noises, first, second, lost = [], [], [], 0
    for index in range(args.count):
        rng = np.random.default_rng([index, 77])
        k = int(rng.choice([2, 3, 4, 5], p=[0.15, 0.6, 0.15, 0.1]))
        made = bracket.sample(rng, sources, k, None, rng.random() < 0.6, clean=rng.random() < 0.2, pixels=kind.pixels, **how)
        planes = [to_planes(code) for code in made.codes]
        truth = np.float32(to_planes(made.truth)[0])
        plain = fused(model, planes, made.r, kind.block)
        noise = noise_of.level([y for y, _ in planes], made.r)
        passes = [noise_of.smooth(plain, d * noise) if d else plain for d in DEVIATIONS]
        once = passes[DEVIATIONS.index(CHOSEN)]
        noises.append(noise)
        first.append([quality(x, truth) for x in passes])
        second.append([quality(noise_of.smooth(once, share * CHOSEN * noise) if share else once, truth) for share in SHARES])
    noises, first, second = np.array(noises), np.array(first), np.array(second)
    show(f'{args.count} brackets, one pass, deviations', DEVIATIONS, first.mean(0))
    show('best of these for each', [None], np.stack([first[..., 0].max(1), first[..., 1].max(1)], 1).mean(0, keepdims=True))
    change = (first[:, DEVIATIONS.index(CHOSEN)] - first[:, 0])
    print('worse for it by more than 0.02 dB:', ', '.join(f'{a:.2f} dB, {b:.4f}' for a, b in sorted(change.tolist()) if a < -0.02) or 'none')
    for low, high in CLASSES:
        chosen = (noises >= low) & (noises < high)
        if chosen.any():
            show(f'{chosen.sum()} with noise of {low}..{high}: without', [None], first[chosen, :1].mean(0))
            show('  after the chosen first a second pass, share', SHARES, second[chosen].mean(0))


def show(title, names, figures):
    label = lambda name: '' if name is None else f'{name:.2g} '
    print(f'{title}:', ' | '.join(f'{label(name)}{a:.2f} dB {b:.4f}' for name, (a, b) in zip(names, figures)), flush=True)


if __name__ == '__main__':
    main()
