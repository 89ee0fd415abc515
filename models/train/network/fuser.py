"""Runs the network as the pipeline does: slices of a picture, one cache kept from frame to frame."""
import torch
from torch.nn import functional as F

from network import rule, shape
from network.features import column_pool
from network.slices import slice_rows


class Fuser:
    """Weights of one stream's frames; `slices` of about equal height."""

    def __init__(self, model, slices=1):
        self.model, self.slices = model, slices
        self.cache = None

    def coefficients(self, y, chroma, r, size):
        """y [K,H,W], chroma [K,2,H/2,W/2] -> [K,6,h,w]; updates the cache."""
        statistics = rule.block_statistics(y[None], chroma[None], r, size)[0]
        h, w = statistics.shape[2:]
        k = len(statistics)
        statistics = rule.pad_rows(statistics)
        bands = statistics.shape[2] // shape.BAND_ROWS
        slots = bands * shape.TOKEN_COLUMNS
        fresh = self.cache is None
        if fresh:
            self.cache = (torch.zeros(slots, shape.TOKEN_BYTES, dtype=torch.uint8), torch.zeros(slots),
                          torch.zeros(k, shape.survey_maps(), h, w, dtype=torch.uint8))
        padded, pool = rule.with_halo(statistics), column_pool(w)
        # The first picture passes twice: the first time fills the cache (plugin/ipl/engine/scene-update.ts).
        for _ in range(2 if fresh else 1):
            parts = [self.slice(padded, pool, bands * i // self.slices, bands * (i + 1) // self.slices, h) for i in range(self.slices)]
        return torch.cat(parts, 2)[:, :, :h]

    def slice(self, padded, pool, first, end, h):
        """Bands first..end of the map -> their coefficients [K,6,rows,w]; updates the cache."""
        tokens, occupied, survey = self.cache
        own = torch.arange(first * shape.TOKEN_COLUMNS, end * shape.TOKEN_COLUMNS)
        top, bottom = first * shape.BAND_ROWS, end * shape.BAND_ROWS
        part, new_tokens, new_survey = self.model(
            padded[:, :, top:bottom + 2 * shape.HALO], pool, tokens, occupied, F.one_hot(own, len(occupied)).float(),
            survey, *slice_rows(h, padded.shape[3], top, bottom - top))
        tokens[own], occupied[own] = new_tokens, 1.0
        survey[:, :, top:bottom] = new_survey[:, :, :min(bottom, h) - top]
        return part

    def fuse(self, y, chroma, r, size=None, shares=rule.ALL):
        """y [K,H,W], chroma [K,2,H/2,W/2] float 0..1 -> fused y [H,W] and chroma [2,H/2,W/2]"""
        size = size or rule.block_size(*y.shape[1:])
        with torch.no_grad():
            coefficients = self.coefficients(y, chroma, r, size)[None]
            means = rule.block_statistics(y[None], chroma[None], r, size)[:, r, 0]
            coefficients = rule.with_colour_of(coefficients, means, r, shares)
            fused = rule.Rule(coefficients, y[None], r, size, shares=shares).fuse(chroma[None])
        return tuple(x[0] for x in fused)
