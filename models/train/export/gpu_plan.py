"""What the graphs of gpu_graph.py take beside the planes, for a size of picture; plugin/ipl/gpu does the same."""
import torch

from network import pyramid, rule, shape
from network.features import column_pool


def averages(at, blocks, n, counted):
    """[blocks, len(at)]: row i averages the counted samples of block i; 0 where there are none."""
    belongs = (torch.div(torch.arange(at), n, rounding_mode='floor')[None] == torch.arange(blocks)[:, None]) & counted
    return belongs.float() / belongs.sum(1, keepdim=True).clamp(min=1)


def inner(at, n, stride, size):
    """Samples inside their block whose neighbouring pixels lie in the picture."""
    i = torch.arange(at)
    return (i % n > 0) & (i % n < n - 1) & (i * stride + 1 < size)


def contrast_rows(at, n, stride, size):
    """Of the inner rows, those in which the contrast is measured."""
    return inner(at, n, stride, size) & (torch.arange(at) % n % shape.RULE['CONTRAST_STEP'] == 1)


def plan(height, width, k, reference, full=True, shares=rule.ALL):
    """Inputs that stay the same for all pictures of a size."""
    size = rule.block_size(height, width)
    stride = max(1, size // shape.RULE['BLOCK_SAMPLES'])
    n = size // stride
    h, w = -(-height // size), -(-width // size)
    there = -(-height // stride), -(-width // stride)
    chroma = -(-(height // 2) // stride), -(-(width // 2) // stride)
    halo, bands = shape.HALO, -(-h // shape.BAND_ROWS)
    rows = bands * shape.BAND_ROWS
    order = [reference] + [i for i in range(k) if i != reference]
    in_band = torch.div(torch.arange(rows + 2 * halo) - halo, shape.BAND_ROWS, rounding_mode='floor')
    index = torch.arange
    (down_rows, next_rows, up_rows), (down_columns, next_columns, up_columns), same_level = pyramid.matrices(h, w)
    map_rows = (index(rows + 2 * halo) - halo).clamp(0, h - 1)
    columns = (index(w * n) * stride).clamp(max=(there[1] - 1) * stride)
    return {
        'order': order, 'size': size, 'stride': stride, 'n': n, 'h': h, 'w': w,
        'columns': columns, 'left': (columns - 1).clamp(min=0), 'right': (columns + 1).clamp(max=width - 1),
        'chroma_columns': (index(w * n // 2) * stride).clamp(max=(chroma[1] - 1) * stride),
        'blocks': torch.tensor([k, h, n, w, n]),
        'mean_rows': averages(h * n, h, n, index(h * n) < there[0]),
        'mean_columns': averages(w * n, w, n, index(w * n) < there[1]).t(),
        'inner_rows': averages(h * n, h, n, contrast_rows(h * n, n, stride, height)),
        'inner_columns': averages(w * n, w, n, inner(w * n, n, stride, width)).t(),
        'chroma_rows': averages(h * n // 2, h, n // 2, index(h * n // 2) < chroma[0]),
        'chroma_means': averages(w * n // 2, w, n // 2, index(w * n // 2) < chroma[1]).t(),
        'map_rows': map_rows, 'real_rows': index(h) + halo, 'down_rows': down_rows, 'next_rows': next_rows, 'up_map_rows': up_rows[map_rows],
        'down_columns': down_columns, 'next_columns': next_columns, 'up_map_columns': up_columns, 'same_level': same_level,
        'colour_shape': torch.tensor([k, 2, h, w]), 'is_blue': torch.tensor([1., 0.]).reshape(2, 1, 1, 1),
        'bands': (in_band[None] == index(bands)[:, None]).float() / shape.BAND_ROWS,
        'pool': column_pool(w),
        'index': torch.tensor([(i - reference) / 4 for i in order]),
        'scale': torch.tensor(rule.scale_of(full), dtype=torch.float32),
        'cut': torch.tensor([shape.RULE['CUT']]), 'saturation': torch.ones(1),
        'offsets': torch.zeros(k, 6, 1, 1),
        'shares': torch.tensor([[shares.darker, shares.brighter][i > reference] for i in order], dtype=torch.float32),
        'sides': torch.tensor(shares, dtype=torch.float32),
        'positions': ((index(width) + 0.5) / size - 0.5).clamp(0, w - 1), 'cells': index(w).float(),
        'pixels': index(width).float(), 'covers': torch.tensor([0., width]).repeat(k, height, 1),
        'strip_rows': index(h), 'up_rows': rule.upsampling(size, h, index(height)),
    }


def sampled(plane, stride, rows, shift=0):
    """[..,H,W] of bytes: every stride-th row, or those `shift` below, the last repeated to `rows`."""
    taken = plane[..., (torch.arange(0, plane.shape[-2], stride) + shift).clamp(0, plane.shape[-2] - 1), :]
    return torch.cat([taken] + [taken[..., -1:, :]] * (rows - taken.shape[-2]), -2)


def feeds(y, chroma, given):
    """y [K,H,W], chroma [K,2,H/2,W/2] u8 of I420 -> what changes with the picture; the whole is one strip."""
    order, n = given['order'], given['n']
    y, chroma = y[order], chroma[order]
    out = {'samples': sampled(y, given['stride'], given['h'] * n),
           'above': sampled(y, given['stride'], given['h'] * n, -1),
           'below': sampled(y, given['stride'], given['h'] * n, 1),
           'chroma_samples': sampled(chroma, given['stride'], given['h'] * n // 2)[..., None]}
    for i in range(len(order)):
        out[f'luma{i}'], out[f'chroma{i}'] = y[i], chroma[i][..., None]
    return out


def forgotten(given, k):
    """State before the first picture."""
    return {'last_means': torch.zeros(k, given['h'], given['w'])}
