"""What the attention cache and its compression give the trained network, on the benchmark's scenes.

usage: python3 models/train ablate-cache [--checkpoint models/train/runs/NAME/last.pt] [--scenes N] [--out FILE]
Reads the scenes that bench/quality has rendered (its cache folder), moving. Slices are one band of the map, a ninth of a
4K frame, or two rows, a 17th. RGB PSNR in dB, mean over the scenes.
"""
import argparse
import glob
import json
import os

import cv2
import numpy as np
import torch

from data import memory
from data.planes import to_bgr, to_planes
from folders import REPOSITORY, RUNS
from network import pyramid, rule, shape, shipped
from network.exposures import Exposures
from network.features import column_pool

SCENES = os.path.join(REPOSITORY, 'bench', 'quality', 'cache', '*', '*', 'scene.json')


class Parts:
    """One bracket's map, features and what goes into the cache, from which every variant is worked out."""

    def __init__(self, model, codes, r, size):
        planes = [to_planes(c) for c in codes]
        self.y = torch.from_numpy(np.stack([p[0] for p in planes]))[None].float() / 255
        self.chroma = torch.from_numpy(np.stack([p[1] for p in planes]))[None].float() / 255
        self.model, self.r, self.size = model, r, size
        statistics = rule.block_statistics(self.y, self.chroma, r, size)[0]
        self.h, self.w = statistics.shape[2:]
        self.padded = rule.with_halo(rule.pad_rows(statistics))
        self.one = Exposures()
        self.features = model.stem(self.padded, self.one)
        halo = shape.HALO
        self.seen = model.survey(self.features, self.padded, self.one)
        self.tokens = model.tokens(self.features[:, :, halo:-halo], column_pool(self.w), self.one)[0]

    def coefficients(self, bits, rows=slice(None)):
        """Coefficients [K,6,h,w] where only `rows` of the map are in the cache, kept in so many bits."""
        halo, (first, end, _) = shape.HALO, rows.indices(self.h)
        survey = rounded(self.seen[:, :, halo + first:halo + end], bits)
        (down, following, up), columns, mask = pyramid.matrices(end - first, self.w)
        around = (torch.arange(self.padded.shape[2]) - halo - first).clamp(0, end - first - 1)
        mixed = self.model.drtm.mixed(survey, (down, following, up[around]), columns, mask, self.one)
        present = torch.zeros(len(self.tokens) // shape.TOKEN_COLUMNS, shape.TOKEN_COLUMNS)
        present[first // shape.BAND_ROWS:-(-end // shape.BAND_ROWS)] = 1
        c = self.model.integrate(self.features, self.padded, self.seen, mixed, rounded(self.tokens, bits) / 127.5 - 1,
                                 (present.flatten() - 1) * 1e4, self.one)
        return c[:, :, :self.h]

    def sliced(self, count, may_see):
        """`count` rows a slice; `may_see` tells which rows of the map are in the cache for rows a to b."""
        slices = [(a, min(a + count, self.h)) for a in range(0, self.h, count)]
        return torch.cat([self.coefficients(8, may_see(a, b))[:, :, a:b] for a, b in slices], 2)

    def picture(self, coefficients):
        """-> uint8 BGR"""
        fused = rule.Rule(coefficients[None], self.y, self.r, self.size).fuse(self.chroma)
        y, colour = (255 * x[0].numpy() for x in fused)
        return to_bgr(y, colour).round().astype(np.uint8)


def rounded(codes, bits):
    """Codes 0..255 kept in so many bits; 32 are as they are."""
    step = 255 / (2 ** bits - 1)
    return codes if bits == 32 else torch.round(codes / step) * step


def exposures_of(note):
    """Of the scene that `note`, its scene.json, tells of."""
    with open(note) as file:
        return len(json.load(file)['evs'])


def variants(parts):
    """Name -> coefficients."""
    for bits in (32, 8, 6, 4):
        yield f'whole picture, {bits}-bit cache', parts.coefficients(bits)
    for share, rows in (('1/9', shape.BAND_ROWS), ('1/17', 2)):
        yield f'slices of {share}, cache across frames', parts.sliced(rows, lambda a, b: slice(None))
        yield f'slices of {share}, cache within the frame', parts.sliced(rows, lambda a, b: slice(0, b))
        yield f'slices of {share}, no cache', parts.sliced(rows, lambda a, b: slice(a, b))


def psnr(picture, truth):
    """Over all channels of uint8 pictures [h,w,3]."""
    error = (picture.astype(np.float32) - truth) ** 2
    return float(10 * np.log10(255 ** 2 / max(error.mean(), 1e-3)))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train ablate-cache', description=__doc__.split('\n\n')[0])
    parser.add_argument('--checkpoint', help='default: the shipped weights')
    parser.add_argument('--scenes', type=int, default=99)
    parser.add_argument('--out', default=os.path.join(RUNS, 'ablation-cache.json'))
    args = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    cv2.setNumThreads(1)
    memory.keep()
    model = shipped.network_of(args.checkpoint)
    scores = {}
    found = sorted(note for note in glob.glob(SCENES) if exposures_of(note) == 3)
    if not found:
        raise SystemExit('no scenes: run `npm run bench:quality` first, which renders them')
    for note in found[::max(1, len(found) // args.scenes)][:args.scenes]:
        folder = os.path.dirname(note)
        read = lambda name: np.load(os.path.join(folder, name + '.npy'))
        codes, truth = [read('moving-0'), read('middle'), read('moving-2')], read('truth')
        parts = Parts(model, codes, 1, 64)
        for name, coefficients in variants(parts):
            scores.setdefault(name, []).append(psnr(parts.picture(coefficients), truth))
        print(os.path.basename(folder), *(round(values[-1], 2) for values in scores.values()), flush=True)
    table = {name: round(float(np.mean(values)), 3) for name, values in scores.items()}
    table['scenes'] = len(next(iter(scores.values())))
    with open(args.out, 'w') as file:
        json.dump(table, file, indent=2)
    print(json.dumps(table, indent=2))


if __name__ == '__main__':
    main()
