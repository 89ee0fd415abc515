"""The fusion as graphs for GPUs: what rule.py and model.py say, without an operator that reads a shape.

Whatever depends on the size of the picture is an input (matrices, indices), so one graph serves every
size and nothing is left for the CPU to work out. The reference is exposure 0 here; the others follow in
any order, as the network treats exposures alike but for their `index`.

A picture passes in strips of rows. The first brings sparse samples of the whole picture (`fresh` true):
statistics and network run, and their results come out beside the strip's planes. Later strips feed
those results back. Chroma is [A,h,w,B]: A=2, B=1 for the planes of I420, A=1, B=2 for NV12's pairs.
"""
import functools

import torch
from onnx import TensorProto
from torch import nn

from export import gpu_plan
from network import shape
from network.exposures import Exposures
from network.rule import BEYOND, FREE, LIGHT, LIMIT

LN2 = 0.6931471805599453
MAP_INPUTS = ['samples', 'above', 'below', 'chroma_samples', 'columns', 'left', 'right', 'chroma_columns', 'blocks', 'mean_rows', 'mean_columns',
              'inner_rows', 'inner_columns', 'chroma_rows', 'chroma_means', 'map_rows', 'bands', 'pool', 'index',
              'scale', 'real_rows', 'down_rows', 'next_rows', 'up_map_rows', 'down_columns', 'next_columns',
              'up_map_columns', 'same_level', 'colour_shape', 'last_means', 'cut']
MAP_OUTPUTS = ['coefficients', 'means', 'scene_cut']
BLEND_OUTPUTS = ['luma', 'chroma']
OUTPUT_TYPES = {'luma': TensorProto.UINT8, 'chroma': TensorProto.UINT8, 'coefficients': TensorProto.FLOAT,
                'means': TensorProto.FLOAT, 'scene_cut': TensorProto.FLOAT}


def blend_inputs(k):
    planes = [f'{plane}{i}' for i in range(k) for plane in ('luma', 'chroma')]
    return ['coefficients', 'means', 'offsets', 'shares', 'sides', 'strip_rows', 'up_rows', 'positions', 'cells', 'scale', 'saturation', 'is_blue', 'pixels',
            'covers', *planes]


def example(k):
    """Inputs to trace the graph with."""
    given = gpu_plan.plan(72, 80, k, 0)
    rng = torch.Generator().manual_seed(0)
    y = torch.randint(0, 256, (k, 72, 80), generator=rng, dtype=torch.uint8)
    chroma = torch.randint(0, 256, (k, 2, 36, 40), generator=rng, dtype=torch.uint8)
    return {**given, **gpu_plan.forgotten(given, k), **gpu_plan.feeds(y, chroma, given)}


class Reshape(torch.autograd.Function):
    """To a shape that is an input of the graph: a plain Reshape, without operators that look it up."""

    @staticmethod
    def forward(ctx, x, shape):
        return x.reshape(shape.tolist())

    @staticmethod
    def symbolic(g, x, shape):
        return g.op('Reshape', x, shape)


class Map(nn.Module):
    """Sparse samples of the whole picture -> coefficients [K,6,R+2,w], block means, scene cut. The whole map is one slice, so
    tokens and survey are those of the picture itself."""

    def __init__(self, model, k):
        super().__init__()
        self.model, self.k = model, k

    def forward(self, samples, above, below, chroma_samples, columns, left, right, chroma_columns, blocks, mean_rows, mean_columns, inner_rows,
                inner_columns, chroma_rows, chroma_means, map_rows, bands, pool, index, scale, real_rows, down_rows,
                next_rows, up_map_rows, down_columns, next_columns, up_map_columns, same_level, colour_shape, last_means,
                cut):
        """samples [K,hs,W] u8: every stride-th row; columns [ws]: the columns to take of them; above, below: the
        pixel rows beside those rows; left, right: the pixel columns beside those columns.

        blocks [5] = (K,h,n,w,n); mean_rows [h,hs] and mean_columns [ws,w] average blocks, inner_* the
        samples whose neighbours lie in their block, chroma_* the chroma; map_rows [R+2 halo] repeats border
        rows; bands [bands,R+2 halo] averages rows to bands; pool [w,4]; index [K] = (k-r)/4;
        scale [3] = black, span of luma, span of chroma; last_means [K,h,w] of the picture before; colour_shape [4] = (K,2,h,w); real_rows [h]: where the map's rows are among R; the rest is pyramid.py's.
        """
        black, span, chroma_span = scale[0], scale[1], scale[2]

        def luma(codes, columns):
            return ((codes.float().index_select(2, columns) - black) / span).clamp(0, 1)

        y = luma(samples, columns)
        ref = y[0:1]

        def mean(x):
            return mean_rows @ x @ mean_columns

        m, difference = mean(y), mean((y - ref).abs())
        deviation = (mean(y * y) - m * m).clamp(min=0)
        std = (deviation + 1e-10).sqrt()
        covariance = mean(y * ref) - m * m[0:1]
        boxes = Reshape.apply(y, blocks)
        low, high = boxes.amin((2, 4)), boxes.amax((2, 4))
        around = luma(above, columns) + luma(below, columns) + luma(samples, left) + luma(samples, right)
        contrast = inner_rows @ (4 * y - around).abs() @ inner_columns
        colour = chroma_samples.float().index_select(3, chroma_columns) / chroma_span
        saturation = (colour - 128 / chroma_span).abs().sum((1, 4))
        shift = (colour - colour[0:1]).abs().sum((1, 4))
        saturation, shift = chroma_rows @ saturation @ chroma_means, chroma_rows @ shift @ chroma_means
        tint = Reshape.apply(chroma_rows @ colour.permute(0, 1, 4, 2, 3) @ chroma_means, colour_shape) - 128 / chroma_span
        zero = m * 0
        statistics = torch.stack([m, std, low, high, m[0:1] + zero, std[0:1] + zero, difference, covariance * 10,
                                  index[:, None, None] + zero, zero + self.k / 5, contrast, saturation, shift], 1)
        statistics = torch.cat([statistics, tint], 1)

        change = (m[0] - last_means[0]).abs().mean()
        scene_cut = (change > cut).float()

        one = Exposures()
        statistics = statistics.index_select(2, map_rows)
        features = self.model.stem(statistics, one)
        cells = bands @ (features @ pool)                                         # [K,C,bands,4]
        both = torch.cat([one.mean(cells), one.max(cells)], 1).reshape(2 * shape.WIDTH, -1).t()
        model = self.model
        fresh = 127.5 * (1 + torch.tanh(model.token2(torch.relu(model.token1(both)))))
        tokens = nearest(fresh)
        seen = model.survey(features, statistics, one)
        survey = nearest(seen.index_select(2, real_rows))
        mixed = model.drtm.mixed(survey, (down_rows, next_rows, up_map_rows), (down_columns, next_columns, up_map_columns),
                                 same_level, one)
        coefficients = model.integrate(features, statistics, seen, mixed, tokens / 127.5 - 1, torch.zeros(1), one)
        return coefficients, m, scene_cut


def shapes(k):
    """{name: shape} of all inputs and outputs."""
    table = {
        'fresh': [], 'samples': [k, 'samples_h', 'W'], 'above': [k, 'samples_h', 'W'], 'below': [k, 'samples_h', 'W'],
        'left': ['samples_w'], 'right': ['samples_w'], 'chroma_samples': [k, 'A', 'chroma_h', 'W2', 'B'],
        'columns': ['samples_w'], 'chroma_columns': ['chroma_w'], 'blocks': [5],
        'mean_rows': ['h', 'samples_h'], 'mean_columns': ['samples_w', 'w'],
        'inner_rows': ['h', 'samples_h'], 'inner_columns': ['samples_w', 'w'],
        'chroma_rows': ['h', 'chroma_h'], 'chroma_means': ['chroma_w', 'w'],
        'map_rows': ['R'], 'bands': ['n', 'R'], 'pool': ['w', shape.TOKEN_COLUMNS], 'index': [k], 'scale': [3],
        'real_rows': ['h'], 'down_rows': ['Lh', 'h'],
        'next_rows': ['Lh', 'h'], 'up_map_rows': ['R', 'Lh'], 'down_columns': ['w', 'Lw'], 'next_columns': ['w', 'Lw'],
        'up_map_columns': ['Lw', 'w'], 'same_level': ['Lh', 'Lw'], 'colour_shape': [4], 'is_blue': ['A', 1, 1, 'B'], 'last_means': [k, 'h', 'w'], 'cut': [1],
        'last_coefficients': [k, shape.COEFFICIENTS, 'rows', 'w'],
        'offsets': [k, shape.COEFFICIENTS, 'offset_rows', 'offset_columns'], 'shares': [k], 'sides': [2],
        'strip_rows': ['m'], 'up_rows': ['H', 'm'], 'positions': ['W'], 'cells': ['w'], 'saturation': [1],
        'pixels': ['W'], 'covers': [k, 'H', 2],
        'luma': ['H', 'W'], 'chroma': ['A', 'H2', 'W2', 'B'],
        'coefficients': [k, shape.COEFFICIENTS, 'rows', 'w'], 'means': [k, 'h', 'w'],
        'scene_cut': [1],
    }
    for i in range(k):
        table[f'luma{i}'], table[f'chroma{i}'] = table['luma'], table['chroma']
    return table


class Bytes:
    """Planes of 8 bits: a sample is a byte."""

    def read(self, plane):
        return plane.float()

    def write(self, codes):
        return nearest(codes).to(torch.uint8)


class Blend(nn.Module):
    """Coefficients and planes of a strip -> its fused planes: rule.Rule, exposure after exposure."""

    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, *given):
        return self.fuse(Bytes(), *given)

    def fuse(self, samples, coefficients, means, offsets, shares, sides, strip_rows, up_rows, positions, cells, scale, saturation, is_blue,
                pixels, covers, *planes):
        """means [K,h,w] of the blocks; offsets [K,6,1,1]: live parameters, as are shares [K] (not used of the reference) and sides [2]
        = darker, brighter: rule.Shares; offsets [K,6,m,w] where an exposure fades out within the picture (engine/cover-fade.ts); strip_rows [m]: the rows of coefficients around the strip; up_rows [rows,m] interpolates them;
        positions [W]: each pixel's place among cells [w] = 0,1,2...; is_blue [A,1,1,B]: 1 for Cb, 0 for Cr;
        covers [K,rows,2]: of each row the first of the pixels [W] = 0,1,2... that the exposure covers, and the one after the last.
        An exposure gives nothing to what it does not cover. `samples` says what planes are made of, in codes of 8 bits.
        """
        black, span = scale[0], scale[1]
        up_columns = (1 - (positions[None] - cells[:, None]).abs()).clamp(min=0)
        rows = coefficients.index_select(2, strip_rows)
        darker, brighter = sides[0], sides[1]
        colour = rows[:1, 3:] * (brighter + (darker - brighter) * means[0].index_select(0, strip_rows))
        map_rows = (torch.cat([torch.cat([rows[:1, :3], colour], 1), rows[1:]]) + offsets) @ up_columns

        def at(k, j):
            return up_rows @ map_rows[k, j]

        luma = [(samples.read(plane) - black) / span for plane in planes[0::2]]
        chroma = [samples.read(plane) - 128 for plane in planes[1::2]]
        ref = luma[0]
        powers = []
        for k in range(1, self.k):
            y = luma[k]
            value = at(k, 0) + (at(k, 1) + at(k, 3) * y + at(k, 4) * ref) * y + (at(k, 2) + at(k, 5) * ref) * ref
            value = value.clamp(-LIMIT, LIMIT)
            whole = torch.floor(value)
            covered = (pixels - covers[k, :, :1] + 1).clamp(0, 1) * (covers[k, :, 1:] - pixels).clamp(0, 1)
            powers.append(torch.exp(whole * LN2) * (1 + value - whole) * covered)
        share = 1 / (1 + sum(powers))
        apart = spread(luma)
        change = torch.minimum(torch.maximum(at(0, 0) + at(0, 1) * ref, -BEYOND * apart), BEYOND * apart)
        unknown = torch.minimum(apart, (FREE * (ref - LIGHT) / (1 - LIGHT)).clamp(0, FREE))
        toned = ref + brighter * change + (darker - brighter) * change.clamp(max=0)
        toned = torch.minimum(torch.maximum(toned, ref.clamp(max=0)), ref.clamp(min=1))
        fused, halved = toned, chroma[0]
        for k in range(1, self.k):
            weight = powers[k - 1] * (shares[k] * share)
            fused = fused + weight * (luma[k] - toned)
            halved = halved + half(weight) * (chroma[k] - chroma[0])
        shift = scale[2] * (is_blue * half(at(0, 4)) + (1 - is_blue) * half(at(0, 5)))
        mixed = half(1 + at(0, 3)) * halved + shift
        apart = BEYOND * spread(chroma) + scale[2] * half(unknown)
        mixed = torch.minimum(torch.maximum(mixed, least_of(chroma) - apart), most_of(chroma) + apart)
        return samples.write(black + span * fused), samples.write(128 + saturation * mixed)


def least_of(planes):
    return functools.reduce(torch.minimum, planes)


def most_of(planes):
    return functools.reduce(torch.maximum, planes)


def spread(planes):
    """How far the exposures are apart."""
    return most_of(planes) - least_of(planes)


def half(x):
    """[h,w] -> [1,h/2,w/2,1]: means of 2x2 pixels"""
    return nn.functional.avg_pool2d(x[None, None], 2, count_include_pad=False)[0][..., None]


def nearest(x):
    """To whole numbers of a byte; WebGPU has no Round."""
    return torch.clamp(torch.floor(x + 0.5), 0, 255)
