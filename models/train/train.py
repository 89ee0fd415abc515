"""Trains the network on rendered brackets, on one CPU thread.

usage: python3 models/train/train.py --data ../shared/data --minutes 46 --seed 1
Brackets come from models/train/cache (rendered first if missing, see render.py); checkpoint,
curve and sample pictures go to models/train/runs. Started again it resumes; the learning rate
falls with the share of the minutes that have passed.
"""
import argparse
import csv
import glob
import math
import os
import subprocess
import sys
import time

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import camera
import memory
import network
import rule
from batches import CACHE, HERE, Shards, disturb, load

RUNS = os.path.join(HERE, 'runs')
LEARNING_RATE = 3e-3
WINDOW = 128              # pixels: the loss is taken on a random window, the map is always whole


def coefficients_of(model, y, r, size, rng=None):
    """Coefficients [b,K,6,h,w]; with rng the cache is disturbed, see batches.py."""
    b, k = y.shape[:2]
    statistics = rule.block_statistics(y, r, size).flatten(0, 1)
    w = statistics.shape[-1]
    pool, exposures = network.column_pool(w), network.Exposures(k)
    features = model.stem(rule.with_halo(statistics))
    halo = network.HALO
    tokens = model.tokens(features[:, :, halo:-halo], pool, exposures)
    occupied = torch.ones(tokens.shape[:2])
    if rng is not None:
        tokens, occupied = disturb(rng, tokens)
    else:
        tokens = torch.round(tokens)
    c = model.integrate(features, tokens / 127.5 - 1, (occupied - 1) * 1e4, pool, exposures)
    return c[:, :, 1:-1].reshape(b, k, network.COEFFICIENTS, -1, w)


def weights_of(model, y, r, size):
    """Fusion weights [b,K,H,W] of whole pictures."""
    return torch.softmax(rule.logits(coefficients_of(model, y, r, size), y, r, size), 1)


def windowed(model, batch, r, size, rng):
    """Weights of a random window and the batch cut to it: full resolution is the dear part."""
    c = coefficients_of(model, batch['y'], r, size, rng)
    b, k, n, h, w = c.shape
    c = F.pad(c.reshape(b * k, n, h, w), (1, 1, 1, 1), mode='replicate')
    cells = WINDOW // size
    i, j = (int(rng.integers(m - cells + 1)) for m in (h, w))
    part = c[:, :, i:i + cells + 2, j:j + cells + 2].reshape(b, k, n, cells + 2, cells + 2)
    cut = {}
    for name, x in batch.items():
        half = 1 if name in ('y', 'truth_y') else 2
        at = slice(i * size // half, (i + cells) * size // half), slice(j * size // half, (j + cells) * size // half)
        cut[name] = x[..., at[0], at[1]]
    around = F.pad(cut['y'].flatten(0, 1), (size,) * 4).reshape(b, k, WINDOW + 2 * size, -1)
    inner = slice(size, -size)
    return torch.softmax(rule.logits(part, around, r, size)[..., inner, inner], 1), cut


def loss_of(weights, batch, r):
    """L1 + RMSE + gradients on luma, L1 + RMSE on chroma; moved pixels count more."""
    y, chroma = rule.fuse(weights, batch['y'], batch['chroma'])
    lost = (3 * (F.avg_pool2d(batch['y'][:, r] - batch['truth_y'], 2))).clamp(0, 1)
    heavy_half = 1 + 1.5 * batch['moved'] + 0.5 * lost
    heavy = heavy_half.repeat_interleave(2, -1).repeat_interleave(2, -2)
    d, dc = y - batch['truth_y'], chroma - batch['truth_chroma']
    l1 = (heavy * d.abs()).mean() + 2 * (heavy_half[:, None] * dc.abs()).mean()
    rmse = ((heavy * d * d).mean((1, 2)) + 1e-8).sqrt().mean() \
        + ((heavy_half[:, None] * dc * dc).mean((1, 2, 3)) + 1e-8).sqrt().mean()
    edges = (heavy[:, :, 1:] * (d[:, :, 1:] - d[:, :, :-1]).abs()).mean() \
        + (heavy[:, 1:] * (d[:, 1:] - d[:, :-1]).abs()).mean()
    return l1 + rmse + edges, y, chroma


def validate(model, name, pictures=None):
    """Mean luma PSNR over the held-out panoramas' brackets, and a picture of the first few."""
    data = load(os.path.join(CACHE, f'validation-{name}.npz'))
    scores, rows = [], []
    for i in range(len(data['y'])):
        y = torch.from_numpy(data['y'][i:i + 1]).float() / 255
        chroma = torch.from_numpy(data['chroma'][i:i + 1]).float() / 255
        with torch.no_grad():
            weights = weights_of(model, y, 1, 8)
            fused, colour = (255 * t[0].numpy() for t in rule.fuse(weights, y, chroma))
        error = np.mean((np.clip(fused, 0, 255) - data['truth_y'][i]) ** 2)
        scores.append(10 * math.log10(255 ** 2 / max(error, 1e-3)))
        if pictures and i < 6:
            show = [camera.to_bgr(data['y'][i, k].astype(np.float32), data['chroma'][i, k]) for k in range(3)]
            show += [camera.to_bgr(fused, colour),
                     camera.to_bgr(data['truth_y'][i].astype(np.float32), data['truth_chroma'][i])]
            rows.append(np.hstack(show))
    if pictures:
        cv2.imwrite(pictures, np.vstack(rows))
    return float(np.mean(scores))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--minutes', type=float, default=46)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--rate', type=float, default=LEARNING_RATE, help='learning rate at the start')
    parser.add_argument('--again-from', type=float, default=0, help='minute at which the rate starts anew')
    args = parser.parse_args()
    torch.set_num_threads(1)
    memory.keep()
    cv2.setNumThreads(1)
    os.makedirs(RUNS, exist_ok=True)
    if not glob.glob(os.path.join(CACHE, 'shard-*.npz')):
        for kind in (['--shards', '260'], ['--shards', '60', '--night']):
            subprocess.run([sys.executable, os.path.join(HERE, 'render.py'), '--data', args.data,
                            '--seed', str(args.seed)] + kind, check=True)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    model = network.Ipl()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    step, elapsed, last = 0, 0.0, os.path.join(RUNS, 'last.pt')
    if os.path.exists(last):
        state = torch.load(last, map_location='cpu')
        model.load_state_dict(state['model'])
        optimizer.load_state_dict(state['optimizer'])
        step, elapsed = state['training']['steps'], state['training']['minutes'] * 60
        rng = np.random.default_rng([args.seed, step])
    shards, total, recent, clock = Shards(), args.minutes * 60, [], time.time()
    shards.refresh()
    noted = elapsed
    while elapsed < total:
        done = max(0, elapsed / 60 - args.again_from) / (args.minutes - args.again_from)
        for group in optimizer.param_groups:
            group['lr'] = args.rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        batch, r = shards.batch(rng)
        size = int(rng.choice([8, 16, 32], p=[0.7, 0.25, 0.05]))
        loss = loss_of(*windowed(model, batch, r, size, rng), r)[0]
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        recent.append(loss.item())
        step += 1
        now = time.time()
        elapsed, clock = elapsed + now - clock, now
        if elapsed - noted > 120 or elapsed >= total:
            noted = elapsed
            shards.refresh()
            row = [step, round(elapsed / 60, 2), float(np.mean(recent)), len(shards.paths),
                   validate(model, 'dynamic', os.path.join(RUNS, f'sample-{int(elapsed / 60):03d}.png')),
                   validate(model, 'static')]
            recent = []
            with open(os.path.join(RUNS, 'curve.csv'), 'a') as file:
                csv.writer(file).writerow(row)
            print(row, flush=True)
            training = {'data': f'{len(shards.paths)} shards of rendered brackets (models/train/render.py)',
                        'seed': args.seed, 'minutes': elapsed / 60, 'steps': step}
            torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict(),
                        'training': training}, last)


if __name__ == '__main__':
    main()
