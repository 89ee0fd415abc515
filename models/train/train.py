"""Trains the network on rendered brackets, on one CPU thread.

usage: python3 models/train/train.py --data ../shared/data --minutes 200 --seed 1
Brackets come from models/train/cache (rendered first if missing, see render.py); checkpoint,
curve and sample pictures go to models/train/runs. Started again it resumes; the learning rate
falls with the share of the minutes (of processor time) that have passed.
"""
import argparse
import copy
import csv
import glob
import math
import os
import subprocess
import sys
import time

# One thread computes; a second one of OpenBLAS would only wait, and its waiting would count as processor time.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import cv2
import numpy as np
import torch
from torch.nn import functional as F

import camera
import memory
import network
import render
import rule
import pyramid
from batches import CACHE, HERE, PICTURES, Shards, disturb, disturb_rows, load

RUNS = os.environ.get('RUNS') or os.path.join(HERE, 'runs')
LEARNING_RATE = 3e-3
STEADY = 0.997            # share that the steady weights keep at each step


def coefficients_of(model, statistics, rng=None):
    """statistics [b,K,15,h,w] -> coefficients [b,K,n,h,w] and what the pyramid says of each block [b,3,h,w];
    with rng the cache is disturbed, see batches.py."""
    b, k = statistics.shape[:2]
    h, w = statistics.shape[-2:]
    pool, exposures = network.column_pool(w), network.Exposures(k)
    padded = rule.with_halo(rule.pad_rows(statistics.flatten(0, 1)))
    features = model.stem(padded, exposures)
    halo = network.HALO
    tokens = model.tokens(features[:, :, halo:-halo], pool, exposures)
    seen = model.survey(features, padded, exposures)
    survey = seen[:, :, halo:halo + h]
    occupied = torch.ones(tokens.shape[:2])
    if rng is not None:
        tokens, occupied = disturb(rng, tokens)
        survey = disturb_rows(rng, survey)
    else:
        tokens, survey = torch.round(tokens), torch.round(survey)
    rows, columns, mask = pyramid.matrices(h, w)
    around = (torch.arange(padded.shape[2]) - halo).clamp(0, h - 1)
    mixed = model.drtm.mixed(survey, (*rows[:2], rows[2][around]), columns, mask, exposures)
    c = model.integrate(features, padded, seen, mixed, tokens / 127.5 - 1, (occupied - 1) * 1e4, exposures)
    return c[:, :, :h].reshape(b, k, network.COEFFICIENTS, h, w), mixed[:, :, halo:halo + h]


def rule_of(model, y, chroma, r, size):
    """The pixel rule of whole pictures."""
    return rule.Rule(coefficients_of(model, rule.block_statistics(y, chroma, r, size))[0], y, r, size)


def loss_of(fused, batch, r):
    """L1 + RMSE of R, G and B, and gradients of luma inside the quads; moved pixels count more, and so do
    highlights that the reference lost."""
    y, chroma = fused
    lost = (3 * (F.avg_pool2d(batch['y'][:, r] - batch['truth_y'], 2))).clamp(0, 1)
    heavy_half = 1 + 2.5 * batch['moved'] + 0.5 * lost
    heavy = double(heavy_half)
    d = y - batch['truth_y']
    blue, red = (double(x) for x in (chroma - batch['truth_chroma']).unbind(1))
    rgb = torch.stack(network.rgb_of(d, blue, red), 1)
    l1 = (heavy[:, None] * rgb.abs()).mean()
    rmse = ((heavy[:, None] * rgb * rgb).mean((1, 2, 3)) + 1e-8).sqrt().mean()
    edges = (heavy_half * (d[:, :, 1::2] - d[:, :, ::2]).abs()[:, ::2]).mean() \
        + (heavy_half * (d[:, 1::2] - d[:, ::2]).abs()[:, :, ::2]).mean()
    return l1 + 2 * rmse + edges


def double(x):
    """[b,h,w] -> [b,2h,2w]"""
    return x.repeat_interleave(2, -1).repeat_interleave(2, -2)


def learn(model, optimizer, batch, r, size, rng):
    """One step; the losses as numbers: of pixels, of the blocks' brightness and colour."""
    coefficients, mixed = coefficients_of(model, batch['statistics'], rng)
    loss = 0
    for place in range(batch['y'].shape[1]):
        here = {name: batch[name][:, place] for name in PICTURES}
        pixels = rule.Rule(coefficients, here['y'], r, size, batch['rows'][place], batch['columns'][place])
        loss = loss + loss_of(pixels.fuse(here['chroma']), here, r) / batch['y'].shape[1]
    off = mixed - batch['truth_map']
    coarse = 2 * off.abs().mean() + 2 * ((off * off).mean((2, 3)) + 1e-8).sqrt().sum(1).mean()
    optimizer.zero_grad()
    (loss + coarse).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    return loss.item(), coarse.item()


def follow(steady, model, keep):
    """Moves the steady weights towards the trained ones: they swing less, by up to 1 dB."""
    with torch.no_grad():
        for a, b in zip(steady.parameters(), model.parameters()):
            a.mul_(keep).add_(b, alpha=1 - keep)


def validate(model, name, pictures=None, scale=1):
    """Mean luma PSNR over the held-out panoramas' brackets, and a picture of the first few."""
    data = load(os.path.join(CACHE, f'validation-{name}.npz'))
    scores, rows = [], []
    for i in range(len(data['y'])):
        y = torch.from_numpy(data['y'][i:i + 1]).float() / 255
        chroma = torch.from_numpy(data['chroma'][i:i + 1]).float() / 255
        with torch.no_grad():
            fused, colour = (255 * t[0].numpy() for t in rule_of(model, y, chroma, 1, y.shape[-1] // 32 * scale).fuse(chroma))
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
    parser.add_argument('--minutes', type=float, default=200)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--rate', type=float, default=LEARNING_RATE, help='learning rate at the start')
    parser.add_argument('--again-from', type=float, default=0, help='minute at which the rate starts anew')
    args = parser.parse_args()
    torch.set_num_threads(1)
    memory.keep()
    cv2.setNumThreads(1)
    os.makedirs(RUNS, exist_ok=True)
    if not glob.glob(os.path.join(CACHE, 'shard-*.npz')):
        subprocess.run([sys.executable, os.path.join(HERE, 'render.py'), '--data', args.data, '--seed', str(args.seed)], check=True)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    model = network.Ipl()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    steady = copy.deepcopy(model)
    step, elapsed, last = 0, 0.0, os.path.join(RUNS, 'last.pt')
    if os.path.exists(last):
        state = torch.load(last, map_location='cpu')
        model.load_state_dict(state['moving'])
        steady.load_state_dict(state['model'])
        optimizer.load_state_dict(state['optimizer'])
        step, elapsed = state['training']['steps'], state['training']['minutes'] * 60
        rng = np.random.default_rng([args.seed, step])
    shards, total, recent = Shards(), args.minutes * 60, []
    shards.refresh()
    noted, clock = elapsed, time.process_time()
    while elapsed < total:
        done = max(0, elapsed / 60 - args.again_from) / (args.minutes - args.again_from)
        for group in optimizer.param_groups:
            group['lr'] = args.rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        recent.append(learn(model, optimizer, *shards.batch(rng), rng))
        follow(steady, model, min(STEADY, step / (step + 10)))
        step += 1
        now = time.process_time()
        elapsed, clock = elapsed + now - clock, now
        if elapsed - noted > float(os.environ.get('EVERY', '240')) or elapsed >= total:
            noted = elapsed
            shards.refresh()
            row = [step, round(elapsed / 60, 2), *(round(x, 4) for x in np.mean(recent, 0)), len(shards.paths),
                   validate(steady, list(render.VALIDATION)[0], os.path.join(RUNS, f'sample-{int(elapsed / 60):03d}.png')),
                   *(validate(steady, name) for name in list(render.VALIDATION)[1:])]
            recent = []
            with open(os.path.join(RUNS, 'curve.csv'), 'a') as file:
                csv.writer(file).writerow(row)
            print(row, flush=True)
            training = {'data': f'{len(shards.paths)} shards of rendered brackets (models/train/render.py)',
                        'seed': args.seed, 'minutes': elapsed / 60, 'steps': step}
            torch.save({'model': steady.state_dict(), 'moving': model.state_dict(), 'optimizer': optimizer.state_dict(),
                        'training': training}, last)


if __name__ == '__main__':
    main()
