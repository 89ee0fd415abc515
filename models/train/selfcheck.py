"""Checks what the slices and the ONNX file promise.

1. one slice = N slices with a primed cache (torch);  2. torch = onnxruntime-node's CPU
provider on the golden fixture;  3. time of a 36x60 map, K=3, one thread.
usage: python3 models/train/selfcheck.py [--checkpoint models/train/runs/last.pt]
"""
import argparse
import os

import numpy as np
import torch
from torch.nn import functional as F

import fixture
import network

MODELS = os.path.dirname(fixture.HERE)


def sliced(model, statistics, bands_a_slice, prime=True):
    """Coefficients [K,6,rows,w] of a map [K,13,rows,w], run in slices of whole bands."""
    rows, w = statistics.shape[2:]
    halo, band = network.HALO, network.BAND_ROWS
    padded = F.pad(statistics, (0, 0, halo, halo), mode='replicate')
    slots = rows // band * network.TOKEN_COLUMNS
    cache, occupied = torch.zeros(slots, network.TOKEN_BYTES, dtype=torch.uint8), torch.zeros(slots)
    pool, none = network.column_pool(w), torch.zeros(1)
    for _ in range(2 if prime else 1):
        parts = []
        for top in range(0, rows, bands_a_slice * band):
            end = min(rows, top + bands_a_slice * band)
            own = torch.arange(top // band * 8, end // band * 8)
            placement = F.one_hot(own, slots).float()
            part, tokens = model(padded[:, :, top:end + 2 * halo], pool, cache, occupied, placement, none)
            cache[own], occupied[own] = tokens, 1.0
            parts.append(part[:, :, 1:-1])
    return torch.cat(parts, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint')
    args = parser.parse_args()
    torch.manual_seed(1)
    model = network.Ipl().eval()
    if args.checkpoint:
        model.load_state_dict(torch.load(args.checkpoint, map_location='cpu')['model'])
    torch.set_grad_enabled(False)
    statistics = torch.rand(3, network.STATISTICS, 36, 60)
    whole = sliced(model, statistics, 9)
    for bands in (1, 2, 4):
        difference = (sliced(model, statistics, bands) - whole).abs().max().item()
        print(f'slices of {bands} bands, primed: largest difference {difference:.2e}')
        assert difference < 2e-3
    unprimed = (sliced(model, statistics, 3, prime=False) - whole).abs().max().item()
    print(f'slices of 3 bands, cold cache: {unprimed:.2e} (not zero by design)')
    path = os.path.join(MODELS, 'ipl-s.onnx')
    for k, rows, w, slots in ((3, 8, 12, 16), (2, 4, 5, 24), (5, 12, 33, 40)):
        inputs = fixture.seeded(k, rows, w, slots)
        expected, tokens = model(*inputs)
        got, _ = fixture.run_onnx(path, inputs)
        off = np.abs(got['coefficients'] - expected.numpy()).max()
        bytes_off = np.abs(got['tokens'] - tokens.numpy().astype(int)).max()
        print(f'K={k} rows={rows} w={w}: torch - ORT {off:.2e}, token bytes {bytes_off}')
        assert off < 2e-3 and bytes_off <= 1
    for k in (2, 3, 5):
        _, ms = fixture.run_onnx(path, fixture.seeded(k, 36, 60, 72), 50)
        print(f'36x60 map, K={k}, one thread: {ms:.2f} ms')


if __name__ == '__main__':
    main()
