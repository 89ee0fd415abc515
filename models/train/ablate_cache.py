"""What the attention cache and its compression give the trained network, on the benchmark's scenes.

usage: python3 models/train/ablate_cache.py --checkpoint models/train/runs/last.pt [--scenes N] [--out FILE]
Reads the scenes that bench/quality has rendered (its cache folder), moving. Slices are one band of the map: a ninth of
a 4K frame with blocks of 64 pixels, a 17th with blocks of 32. RGB PSNR in dB, mean over the scenes.
"""
import argparse
import glob
import json
import os

import cv2
import numpy as np
import torch

import camera
import measure
import memory
import network
import rule

HERE = os.path.dirname(os.path.abspath(__file__))
SCENES = os.path.join(HERE, '..', '..', 'bench', 'quality', 'cache', '*', '*', 'scene.json')


class Parts:
    """One bracket's map, features and tokens, from which every variant is worked out."""

    def __init__(self, model, codes, r, size):
        planes = [camera.to_planes(c) for c in codes]
        self.y = torch.from_numpy(np.stack([p[0] for p in planes]))[None].float() / 255
        self.chroma = torch.from_numpy(np.stack([p[1] for p in planes]))[None].float() / 255
        self.model, self.r, self.size = model, r, size
        statistics = rule.block_statistics(self.y, self.chroma, r, size)[0]
        self.h = statistics.shape[2]
        padded = rule.with_halo(rule.pad_rows(statistics))
        self.reference, self.one = network.is_reference(padded), network.Exposures()
        self.pool = network.column_pool(statistics.shape[3])
        self.features = model.stem(padded, self.one)
        halo = network.HALO
        self.bytes = model.tokens(self.features[:, :, halo:-halo], self.pool, self.one)[0]
        self.bands = (padded.shape[2] - 2 * halo) // network.BAND_ROWS

    def coefficients(self, tokens, seen):
        """tokens [cells,D] 0..255; seen [cells] 1 where the attention may look -> [K,6,h,w]"""
        c = self.model.integrate(self.features, tokens / 127.5 - 1, (seen - 1) * 1e4, self.pool, self.one, self.reference)
        return c[:, :, 1:-1]

    def sliced(self, tokens, may_see):
        """Slices of one band; `may_see` tells which bands slice i attends to."""
        rows = network.BAND_ROWS
        parts = []
        for i in range(self.bands):
            seen = torch.zeros(self.bands, network.TOKEN_COLUMNS)
            seen[may_see(i)] = 1
            parts.append(self.coefficients(tokens, seen.flatten())[:, :, i * rows:(i + 1) * rows])
        return torch.cat(parts, 2)

    def picture(self, coefficients):
        """-> uint8 BGR"""
        fused = rule.Rule(coefficients[None, :, :, :self.h], self.y, self.r, self.size).fuse(self.chroma)
        y, colour = (255 * x[0].numpy() for x in fused)
        return camera.to_bgr(y, colour).round().astype(np.uint8)


def rounded(tokens, bits):
    """Tokens kept in so many bits."""
    step = 255 / (2 ** bits - 1)
    return torch.round(tokens / step) * step


def variants(parts):
    """Name -> coefficients."""
    t8 = rounded(parts.bytes, 8)
    whole = torch.ones(len(t8))
    everything = slice(None)
    yield 'whole picture, 8-bit tokens', parts.coefficients(t8, whole)
    yield 'whole picture, 32-bit tokens', parts.coefficients(parts.bytes, whole)
    yield 'whole picture, 4-bit tokens', parts.coefficients(rounded(parts.bytes, 4), whole)
    yield 'slices, primed or from the last frame', parts.sliced(t8, lambda i: everything)
    yield 'slices, cache within the frame only', parts.sliced(t8, lambda i: slice(0, i + 1))
    yield 'slices, no cache', parts.sliced(t8, lambda i: slice(i, i + 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint', default=os.path.join(HERE, 'runs', 'last.pt'))
    parser.add_argument('--scenes', type=int, default=99)
    parser.add_argument('--out', default=os.path.join(HERE, 'runs', 'ablation-cache.json'))
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    cv2.setNumThreads(1)
    memory.keep()
    model = network.Ipl().eval()
    model.load_state_dict(torch.load(args.checkpoint, map_location='cpu')['model'])
    scores = {}
    found = sorted(glob.glob(SCENES))
    if not found:
        raise SystemExit('no scenes: run `npm run bench:quality` first, which renders them')
    for note in found[::max(1, len(found) // args.scenes)][:args.scenes]:
        folder = os.path.dirname(note)
        read = lambda name: np.load(os.path.join(folder, name + '.npy'))
        codes, truth = [read('moving-0'), read('middle'), read('moving-2')], read('truth')
        for size in (64, 32):
            parts = Parts(model, codes, 1, size)
            for name, coefficients in variants(parts):
                score = measure.psnr(parts.picture(coefficients), truth)
                scores.setdefault(f'blocks of {size}: {name}', []).append(score)
    table = {name: round(float(np.mean(values)), 3) for name, values in scores.items()}
    table['scenes'] = len(next(iter(scores.values())))
    with open(args.out, 'w') as file:
        json.dump(table, file, indent=2)
    print(json.dumps(table, indent=2))


if __name__ == '__main__':
    main()
