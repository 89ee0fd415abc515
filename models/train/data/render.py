"""Renders the shards and the brackets to validate with: data/recipe.py says how many of which kind, each from its own seed, so any
number of processes makes the same, and what is there already is kept.

usage: python3 models/train render [--seed 1] [--scale 1] [--workers N]
"""
import argparse
import multiprocessing
import os
import time

import cv2
import numpy as np
import torch

from data import bracket, memory, shards
from data.recipe import KINDS, VALIDATED, VALIDATION
from data.scenes import Sources
from folders import CACHE


def folder_of(seed):
    return os.path.join(CACHE, f'shards-{seed}')


def shard(seed, sources, kind, index):
    """Shard number `index` of a kind."""
    made, block = KINDS[kind], KINDS[kind].block
    rng = np.random.default_rng([seed, index, list(KINDS).index(kind)])
    k = int(rng.choice([2, 3, 4, 5], p=[0.14, 0.62, 0.12, 0.12]))
    r = int(rng.integers(k)) if rng.random() < 0.1 else (k - 1) // 2
    if made.pixels[0] == bracket.SIZE and rng.random() < 0.25:
        block *= 2
    return shards.thin(rng, bracket.whole(rng, sources, k, r, made.count, pixels=made.pixels, **made.how), r, block)


def validation(seed, held, name):
    """Whole pictures, from what training never sees."""
    rng = np.random.default_rng([seed, 10_000 + list(VALIDATION).index(name)])
    return {'reference': 1, **bracket.whole(rng, held, 3, None, VALIDATED, **{'photos': 0.0, **VALIDATION[name]})}


def work(seed, jobs):
    """Renders one job after the other, each in its folder; a process of its own."""
    memory.keep()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    sources = {}
    for kind, index in iter(jobs.get, None):
        held = index is None
        if held not in sources:
            sources[held] = Sources(held_out=held)
        began = time.monotonic()
        name = f'validation-{kind}' if held else f'{kind}-{index:04d}'
        made = validation(seed, sources[held], kind) if held else shard(seed, sources[held], kind, index)
        shards.save(os.path.join(folder_of(seed), name), made)
        print(f'{name}: {time.monotonic() - began:.1f} s', flush=True)


def wanted(seed, scale=1.0):
    """(kind, index) of what is missing; index None: a set to validate with. Kinds take turns, the largest first."""
    counts = {name: max(1, round(kind.shards * scale)) for name, kind in KINDS.items()}
    found = [(kind, index) for kind, count in reversed(counts.items()) for index in range(count)]
    found.sort(key=lambda job: job[1] / counts[job[0]])
    there = set(os.listdir(folder_of(seed))) if os.path.exists(folder_of(seed)) else set()
    return [(kind, None) for kind in VALIDATION if f'validation-{kind}' not in there] + \
        [(kind, index) for kind, index in found if f'{kind}-{index:04d}' not in there]


def render(seed, workers, scale=1.0):
    """-> the shards' folder"""
    os.makedirs(folder_of(seed), exist_ok=True)
    missing = wanted(seed, scale)
    jobs = multiprocessing.get_context('spawn').Queue()
    for job in missing + [None] * workers:
        jobs.put(job)
    processes = [multiprocessing.get_context('spawn').Process(target=work, args=(seed, jobs)) for _ in range(workers if missing else 0)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit('A process that renders has failed: its error is above. Start again: what is done is kept.')
    return folder_of(seed)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train render', description=__doc__.split('\n\n')[0])
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--scale', type=float, default=1.0, help='of the number of shards in data/recipe.py')
    parser.add_argument('--workers', type=int, default=os.cpu_count())
    args = parser.parse_args(arguments)
    print(render(args.seed, args.workers, args.scale))


if __name__ == '__main__':
    main()
