"""How far noise reduction should reach: rendered brackets, fused by the shipped network, smoothed by several reaches.

usage: python3 models/train/denoise.py --data ../shared/data [--kind quarter] [--count 120]
What the plugin does is done here again (plugin/ipl/noise-level.ts, noise-reduction.ts, kernels/assembly/smooth.ts), but
for luma alone, and noise is measured in all blocks. Prints the mean luma PSNR and SSIM against the truth.
"""
import argparse
import os
import sys

import cv2
import numpy as np
import torch

import camera
import render
import rule
import shipped
from scenes import Sources
from train import coefficients_of

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'bench', 'quality'))
import metrics

DEVIATIONS = [0, 1, 2, 3, 4, 5, 6]       # reaches of the first pass
CHOSEN = 3
SHARES = [0, 0.25, 1 / 3, 0.5, 1]        # of a second pass, of the first one's reach
CLASSES = [(0, 0.5), (0.5, 1), (1, 2), (2, 4), (4, 8), (8, 16)]  # of noise, codes
LARGEST, LEAST, TEXTURE = 32, 1.5, 0.5
RESPONSE = np.float32([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
NORMAL = 6 * np.sqrt(2 / np.pi)          # mean magnitude of the response to noise of one code


def noise_level(lumas, r):
    """uint8 [h,w] of each exposure -> deviation of the noise of exposure r in codes; explained in noise-level.ts."""
    whole = np.float32(lumas[r])
    half = cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    fine, coarse = (blocks(np.abs(cv2.filter2D(x, -1, RESPONSE)), size) for x, size in ((whole, 16), (half, 8)))
    seen = unclipped(lumas[r])
    if not seen.any():
        return 0.0
    lost = (fine ** 2 - coarse ** 2)[seen]
    variance = min(lost.mean(), np.quantile(lost, 2 / 3)) / 0.75 / NORMAL ** 2
    alike = max([likeness(lumas[r], luma) for k, luma in enumerate(lumas) if k != r], default=0)
    return float(np.sqrt(max(0, variance - 1 / 12)) * max(0, 1 - alike / TEXTURE))


def unclipped(luma):
    """[h,w] -> bool by block"""
    return blocks(np.float32((luma < 4) | (luma > 251)), 16) <= 0.02


def likeness(one, other):
    """Correlation of the responses of two exposures."""
    seen = np.kron(unclipped(one) & unclipped(other), np.ones((16, 16), bool))
    a, b = (cv2.filter2D(np.float32(x), -1, RESPONSE)[:seen.shape[0], :seen.shape[1]][seen] for x in (one, other))
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-9))


def blocks(x, size):
    """[h,w] -> means of whole blocks"""
    h, w = (side // size * size for side in x.shape)
    return x[:h, :w].reshape(h // size, size, w // size, size).mean((1, 3))


def smooth(luma, reach):
    """float codes [h,w] -> smoothed; explained in smooth.ts."""
    if reach < LEAST:
        return luma
    total = np.zeros_like(luma)
    padded = np.pad(luma, 1, mode='edge')
    for near in (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]):
        difference = near - luma
        far = np.abs(difference)
        total += np.sign(difference) * np.maximum(0, np.minimum(far, 2 * min(LARGEST, reach) - far))
    return np.rint(luma + total / 5)


def quality(luma, truth):
    grey = lambda x: np.repeat(np.uint8(np.clip(x, 0, 255))[..., None], 3, 2)
    return 10 * np.log10(255 ** 2 / ((luma - truth) ** 2).mean()), metrics.ssim(grey(luma), grey(truth))


def fused(model, planes, r, block):
    """Planes of the exposures, dark to bright -> luma codes of the fused picture."""
    y, chroma = (torch.from_numpy(np.stack(x))[None].float() / 255 for x in zip(*planes))
    with torch.no_grad():
        coefficients = coefficients_of(model, rule.block_statistics(y, chroma, r, block))[0]
        luma = rule.Rule(coefficients, y, r, block).fuse(chroma)[0]
    return np.rint(np.clip(luma[0].numpy(), 0, 1) * 255)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--kind', choices=list(render.KINDS), default='quarter', help='of the pictures, see render.py')
    parser.add_argument('--count', type=int, default=120)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    model, sources = shipped.load(), Sources(args.data)
    pixels, block, _, _, how = render.KINDS[args.kind]
    how = {name: value for name, value in how.items() if name not in ('dynamic', 'clean')}
    noises, first, second, lost = [], [], [], 0
    for index in range(args.count):
        rng = np.random.default_rng([index, 77])
        k = int(rng.choice([2, 3, 4, 5], p=[0.15, 0.6, 0.15, 0.1]))
        bracket = render.sample(rng, sources, k, None, rng.random() < 0.6, clean=rng.random() < 0.2, pixels=pixels, **how)
        planes = [camera.to_planes(code) for code in bracket.codes]
        truth = np.float32(camera.to_planes(bracket.truth)[0])
        plain = fused(model, planes, bracket.r, block)
        noise = noise_level([y for y, _ in planes], bracket.r)
        passes = [smooth(plain, d * noise) if d else plain for d in DEVIATIONS]
        once = passes[DEVIATIONS.index(CHOSEN)]
        noises.append(noise)
        first.append([quality(x, truth) for x in passes])
        second.append([quality(smooth(once, share * CHOSEN * noise) if share else once, truth) for share in SHARES])
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
