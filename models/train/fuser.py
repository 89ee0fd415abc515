"""Runs the network as the pipeline does: slices of a picture, one cache kept from frame to frame."""
import torch
from torch.nn import functional as F

import network
import rule


class Fuser:
    """Weights of one stream's frames; `slices` of about equal height, `momentum` as in the graph."""

    def __init__(self, model, slices=1, momentum=0.0):
        self.model, self.slices, self.momentum = model, slices, torch.tensor([momentum])
        self.cache = None

    def coefficients(self, y, chroma, r, size):
        """y [K,H,W], chroma [K,2,H/2,W/2] -> [K,6,h,w]; updates the cache."""
        statistics = rule.block_statistics(y[None], chroma[None], r, size)[0]
        h, w = statistics.shape[2:]
        statistics = rule.pad_rows(statistics)
        bands = statistics.shape[2] // network.BAND_ROWS
        slots = bands * network.TOKEN_COLUMNS
        if self.cache is None:
            self.cache = torch.zeros(slots, network.TOKEN_BYTES, dtype=torch.uint8), torch.zeros(slots)
        cache, occupied = self.cache
        padded, pool = rule.with_halo(statistics), network.column_pool(w)
        parts = []
        for i in range(self.slices):
            first, end = bands * i // self.slices, bands * (i + 1) // self.slices
            if first == end:
                continue
            own = torch.arange(first * network.TOKEN_COLUMNS, end * network.TOKEN_COLUMNS)
            rows = padded[:, :, first * network.BAND_ROWS:end * network.BAND_ROWS + 2 * network.HALO]
            part, tokens = self.model(rows, pool, cache, occupied, F.one_hot(own, slots).float(), self.momentum)
            cache[own], occupied[own] = tokens, 1.0
            parts.append(part[:, :, 1:-1])
        return torch.cat(parts, 2)[:, :, :h]

    def fuse(self, y, chroma, r, size=None):
        """y [K,H,W], chroma [K,2,H/2,W/2] float 0..1 -> fused y [H,W] and chroma [2,H/2,W/2]"""
        size = size or rule.block_size(y.shape[1])
        with torch.no_grad():
            coefficients = self.coefficients(y, chroma, r, size)[None]
            fused = rule.Rule(coefficients, y[None], r, size).fuse(chroma[None])
        return tuple(x[0] for x in fused)
