"""Checks what the slices and the ONNX file promise.

1. one slice = N slices with a primed cache (torch);  2. torch = onnxruntime-node's CPU
provider on the golden fixture;  3. time of a 36x60 map, K=3, one thread;
4. blocks are as large as in test/ipl/network/blocks.json.
usage: python3 models/train check [--checkpoint models/train/runs/NAME/last.pt]
"""
import argparse
import json
import os

import numpy as np
import torch

from export import fixture
from export.onnx_file import OUTPUTS
from folders import BLOCKS, MODELS
from network import rule, shape, shipped
from network.features import column_pool
from network.fuser import Fuser


def sliced(model, statistics, slices, prime=True):
    """Coefficients [K,6,rows,w] of a map [K,15,rows,w], run in so many slices of whole bands."""
    run = Fuser(model, slices)
    rows, w = statistics.shape[2:]
    bands = rows // shape.BAND_ROWS
    run.cache = (torch.zeros(bands * shape.TOKEN_COLUMNS, shape.TOKEN_BYTES, dtype=torch.uint8),
                 torch.zeros(bands * shape.TOKEN_COLUMNS), torch.zeros(len(statistics), shape.survey_maps(), rows, w, dtype=torch.uint8))
    padded, pool = rule.with_halo(statistics), column_pool(w)
    for priming in (True, False) if prime else (False,):
        parts = [run.slice(padded, pool, bands * i // slices, bands * (i + 1) // slices, rows) for i in range(slices)]
    return torch.cat(parts, 2)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train check', description=__doc__.split('\n\n')[0])
    parser.add_argument('--checkpoint', help='default: the shipped weights')
    parser.add_argument('--out', default=MODELS, help='folder of ipl-s.onnx and ipl-s.json')
    args = parser.parse_args(arguments)
    with open(BLOCKS) as file:
        for width, height, block in json.load(file):
            assert rule.block_size(height, width) == block, (width, height)
    torch.manual_seed(1)
    model = shipped.network_of(args.checkpoint)
    torch.set_grad_enabled(False)
    statistics = torch.rand(3, shape.STATISTICS, 36, 60)
    whole = sliced(model, statistics, 1)
    for slices in (9, 4, 2):
        difference = (sliced(model, statistics, slices) - whole).abs().max().item()
        print(f'{slices} slices, primed: largest difference {difference:.2e}')
        assert difference < 2e-3
    unprimed = (sliced(model, statistics, 3, prime=False) - whole).abs().max().item()
    print(f'3 slices, cold cache: {unprimed:.2e} (not zero by design)')
    path = os.path.join(args.out, 'ipl-s.onnx')
    for k, rows, w, slots in ((3, 8, 12, 16), (2, 4, 5, 24), (5, 12, 33, 40)):
        inputs = fixture.seeded(k, rows, w, slots)
        expected = dict(zip(OUTPUTS, model(*inputs)))
        got, _ = fixture.run_onnx(path, inputs)
        off = {name: np.abs(got[name] - x.numpy().astype(float)).max() for name, x in expected.items()}
        print(f'K={k} rows={rows} w={w}: torch - ORT', off)
        # A code between two whole numbers may be rounded either way, and coefficients then differ by what one step of it is worth.
        tied = off['new_tokens'] > 0 or off['new_survey'] > 0
        assert off['coefficients'] < (2e-2 if tied else 2e-3) and off['new_tokens'] <= 1 and off['new_survey'] <= 1
    for k in (2, 3, 5):
        _, ms = fixture.run_onnx(path, fixture.seeded(k, 36, 60, 9 * shape.TOKEN_COLUMNS), 200)
        print(f'36x60 map, K={k}, one thread: {ms:.2f} ms')


if __name__ == '__main__':
    main()
