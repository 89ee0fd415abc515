"""The HDR merge (docs/hdr.md, "The merge") as a graph for GPUs: no network, no weights. What curves and displays are is in tables, which are
inputs, the same that the CPU's kernels have (plugin/ipl/hdr/tables.ts); codes are counted in entries of `light`, as there.

Exposure 0 is the reference, then come brighter ones, then darker ones, the darkest last. Planes are bytes, `S` a sample, the lower first; they may
be strips of a picture: with a row of cells (2x2 pixels) more than wanted above and below, as what moved takes its neighbours along.
What comes out is I420_10LE.
"""
import torch
from onnx import TensorProto
from torch import nn

from export.deep_graph import Pairs
from export.gpu_graph import LN2, half, most_of

BITS = {'coarse': 7, 'fine': 8}  # of an octave's steps (plugin/ipl/hdr/tables.ts); tables begin at 2^-23
ENTRIES = {'light': 4096, 'error': 4096, 'gain': 32 << 7, 'roll': 32 << 7, 'codes': 24 << 8}
TABLES = list(ENTRIES)
NUMBERS = ['weights', 'scale', 'colour', 'clip', 'white', 'relative', 'shown', 'primaries', 'times', 'brighter', 'darkest', 'is_blue', 'nodes']
PLACES = ['half_rows', 'half_columns', 'cells', 'covers', 'gains', 'gain_rows', 'gain_columns']
NODES = 4  # of the least channel (plugin/ipl/hdr/lost-map.ts)
OUTPUTS = ['luma', 'chroma']
OUTPUT_TYPES = {name: TensorProto.UINT8 for name in OUTPUTS}

# BT.2020, non-constant luminance
KR, KG, KB = 0.2627, 0.678, 0.0593


class Look(torch.autograd.Function):
    """Entries of a table: a plain Gather."""

    @staticmethod
    def forward(ctx, table, entries):
        return table[entries.long()]

    @staticmethod
    def symbolic(g, table, entries):
        return g.op('Gather', table, entries, axis_i=0).setType(table.type().with_sizes(entries.type().sizes()))


def look(table, entries, last):
    return Look.apply(table, torch.clamp(torch.floor(entries), 0, last).to(torch.int32))


def look_log(table, x, bits, last):
    """By the logarithm, in straight lines between whole powers of two, as the bits of a float read."""
    x = x.clamp(min=2.0 ** -23)
    power = torch.floor(torch.log(x) / LN2)
    return look(table, (power + 22 + x * torch.exp(-power * LN2)) * 2 ** bits, last)


def mean(rgb):
    """Light of a pixel, about as green as the eye's."""
    return (rgb[0] + rgb[2] + 2 * rgb[1]) / 4


def middle_of(r, g, b):
    return torch.maximum(torch.minimum(r, g), torch.minimum(torch.maximum(r, g), b))


def least_of(rgb):
    return torch.minimum(torch.minimum(rgb[0], rgb[1]), rgb[2])


def wide(x):
    return x[None, None]


class Merge(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k

    def forward(self, weights, scale, colour, clip, white, relative, shown, primaries, times, brighter, darkest, is_blue, nodes, light, error, gain, roll, codes,
                half_rows, half_columns, cells, covers, gains, gain_rows, gain_columns, *planes):
        """weights [S]: what each byte counts, in codes; scale [3]: entries of a code of luma, the entry of code 0, the code of grey;
        colour [4]: entries of a code of Cr in R', of Cb and Cr in G', of Cb in B'; clip [2] = where a pixel is clipped, one over
        the entries in which it gets there; white [2]: the same of the second channel, from known to lost; relative [1];
        shown [1]: what light is multiplied by; primaries [3,3]; times [K]; brighter, darkest [K]: 1 where an exposure is; is_blue [A,1,1,B].
        nodes [N-1,2]: where each step of the least channel begins, and one over its width.
        half_rows [H], half_columns [W]: 0,0,1,1,2,...; cells [w] = 0,1,2...; covers [K,h,2]: the first cell of each row that an exposure
        covers, and the one after the last. gains [N,r,c]: what clipped light that is not shown elsewhere is raised by, in blocks;
        gain_rows [h,r], gain_columns [c,w]: how much of each block a cell takes.
        """
        at_clip, per_clip = clip[0], clip[1]
        pairs = Pairs(weights, 1)
        luma = [pairs.read(plane) for plane in planes[0::2]]
        chroma = [pairs.read(plane) - scale[2] for plane in planes[1::2]]
        blue = [(c * is_blue).sum((0, 3)) for c in chroma]
        red = [(c * (1 - is_blue)).sum((0, 3)) for c in chroma]
        tints = [(colour[0] * r, -colour[1] * b - colour[2] * r, colour[3] * b) for b, r in zip(blue, red)]

        def entries(y):
            return scale[0] * y + scale[1]

        def lights(rgb):
            return [look(light, x, ENTRIES['light'] - 1) for x in rgb]

        def open_of(most):
            return ((at_clip - most) * per_clip).clamp(0, 1)

        # The veto: of cells, in common light.
        small = [entries(nn.functional.avg_pool2d(wide(y), 2, count_include_pad=False)[0, 0]) for y in luma]
        own = [small[0] + tint for tint in tints[0]]
        more = entries(nn.functional.max_pool2d(wide(luma[0]), 2)[0, 0]) - small[0]
        # Only well below the clipping point more light than the reference's contradicts it.
        comparable = ((at_clip - most_of(own) - more) * per_clip - 1).clamp(0, 1)
        own_light, own_error = lights(own), look(error, small[0], ENTRIES['error'] - 1)
        stays = []
        for k in range(1, self.k):
            mine = [x / times[k] for x in lights([small[k] + tint for tint in tints[k]])]
            apart = mean([torch.maximum((a - b) * comparable, b - a) for a, b in zip(mine, own_light)])
            explained = torch.maximum(mean(mine), mean(own_light)) * relative + look(error, small[k], ENTRIES['error'] - 1) / times[k] + own_error
            stay = (2 - apart / explained).clamp(0, 1)
            # What moved takes its neighbours along: the least of 3x3.
            stay = -nn.functional.max_pool2d(wide(-stay), 3, stride=1, padding=1)[0, 0]
            covered = (cells - covers[k, :, :1] + 1).clamp(0, 1) * (covers[k, :, 1:] - cells).clamp(0, 1)
            stays.append((stay * covered).index_select(0, half_rows).index_select(1, half_columns))

        # The sum of light over the sum of times.
        pixels = []
        for y, tint in zip(luma, tints):
            pixels.append([entries(y) + x.index_select(0, half_rows).index_select(1, half_columns) for x in tint])
        opens = [open_of(most_of(rgb)) for rgb in pixels]

        def pale_of(k):
            second = torch.floor(middle_of(*pixels[k]).clamp(0, ENTRIES['light'] - 1))
            return ((second - white[0]) * white[1]).clamp(0, 1) * (1 - opens[k])

        lit, kept, lost = opens[0], 0 * opens[0], 0 * opens[0]
        for k in range(1, self.k):
            lit = torch.maximum(lit, brighter[k] * opens[k] * stays[k - 1])
        sums, time = [0, 0, 0], 0
        for k in range(1, self.k):
            # Of the darkest all counts, clipped or not.
            share = stays[k - 1] * (opens[k] + darkest[k] * (1 - opens[k]))
            kept = torch.maximum(kept, (1 - brighter[k]) * share)
            lost = lost + darkest[k] * stays[k - 1] * (1 - lit) * pale_of(k)
            share = share * (1 - (1 - brighter[k]) * lit)
            sums = [s + share * x for s, x in zip(sums, lights(pixels[k]))]
            time = time + share * times[k]
        share = torch.maximum(opens[0], 1 - kept)
        # Clipped light that no other exposure shows is raised to what it is around.
        least = torch.floor(least_of(pixels[0]).clamp(0, ENTRIES['light'] - 1))
        around = torch.matmul(torch.matmul(gain_rows, gains), gain_columns).index_select(1, half_rows).index_select(2, half_columns)
        raised = around[0]
        for node in range(1, NODES):
            raised = raised + ((least - nodes[node - 1, 0]) * nodes[node - 1, 1]).clamp(0, 1) * (around[node] - around[node - 1])
        own = share * (1 + (1 - kept) * (1 - lit) * (raised - 1))
        sums = [s + own * x for s, x in zip(sums, lights(pixels[0]))]
        time = time + share * times[0]
        lost = lost + (1 - kept) * pale_of(0)

        # As it is shown.
        rgb = [s / time * shown for s in sums]
        most = most_of(rgb)
        rgb = [x + lost * (most - x) for x in rgb]
        rgb = [primaries[i, 0] * rgb[0] + primaries[i, 1] * rgb[1] + primaries[i, 2] * rgb[2] for i in range(3)]
        more = look_log(gain, KR * rgb[0] + KG * rgb[1] + KB * rgb[2], BITS['coarse'], ENTRIES['gain'] - 1)
        rgb = [x * more for x in rgb]
        less = look_log(roll, most_of(rgb), BITS['coarse'], ENTRIES['roll'] - 1)
        r, g, b = [look_log(codes, x * less, BITS['fine'], ENTRIES['codes'] - 1) for x in rgb]
        y = KR * r + KG * g + KB * b
        tint = [half(b - y) / (2 * (1 - KB)), half(r - y) / (2 * (1 - KR))]
        out = Pairs(weights, 1)
        # `write` takes codes of 8 bits.
        return out.write(16 + 219 * y), out.write(128 + 224 * torch.cat(tint))


def inputs(k):
    return [*NUMBERS, *TABLES, *PLACES, *(f'{plane}{i}' for i in range(k) for plane in ('luma', 'chroma'))]


def shapes(k):
    """{name: shape} of all inputs and outputs."""
    table = {
        'weights': ['S'], 'scale': [3], 'colour': [4], 'clip': [2], 'white': [2], 'relative': [1], 'shown': [1], 'primaries': [3, 3], 'times': [k],
        'brighter': [k], 'darkest': [k], 'is_blue': ['A', 1, 1, 'B'], 'nodes': [NODES - 1, 2], **{name: [count] for name, count in ENTRIES.items()},
        'half_rows': ['H'], 'half_columns': ['W'], 'cells': ['w'], 'covers': [k, 'h', 2],
        'gains': [NODES, 'r', 'c'], 'gain_rows': ['h', 'r'], 'gain_columns': ['c', 'w'],
        'luma': ['H', 'W', 2], 'chroma': [2, 'h', 'w', 1, 2],
    }
    for i in range(k):
        table[f'luma{i}'], table[f'chroma{i}'] = ['H', 'W', 'S'], ['A', 'h', 'w', 'B', 'S']
    return table


def example(k):
    """Inputs to trace the graph with."""
    rng = torch.Generator().manual_seed(0)
    h, w = 12, 18
    given = {
        'weights': torch.tensor([1., 256.]), 'scale': torch.tensor([4., 0., 512.]), 'colour': torch.tensor([6., 1., 2., 7.]), 'clip': torch.tensor([3800., 0.005]),
        'white': torch.tensor([2000., 0.001]), 'relative': torch.tensor([0.04]), 'shown': torch.ones(1), 'primaries': torch.eye(3), 'times': 2.0 ** torch.arange(k),
        'brighter': torch.ones(k), 'darkest': torch.zeros(k), 'is_blue': torch.tensor([1., 0.]).reshape(2, 1, 1, 1),
        **{name: torch.linspace(0.001, 1, count) for name, count in ENTRIES.items()},
        'half_rows': torch.arange(2 * h) // 2, 'half_columns': torch.arange(2 * w) // 2, 'cells': torch.arange(w).float(),
        'covers': torch.tensor([0., w]).repeat(k, h, 1),
        'nodes': torch.tensor([[1600., 0.001], [2700., 0.001], [3600., 0.003]]), 'gains': torch.ones(NODES, 3, 5), 'gain_rows': torch.ones(h, 3) / 3, 'gain_columns': torch.ones(5, w) / 5,
    }
    for i in range(k):
        given[f'luma{i}'] = torch.randint(0, 4, (2 * h, 2 * w, 2), generator=rng, dtype=torch.uint8)
        given[f'chroma{i}'] = torch.randint(0, 4, (2, h, w, 1, 2), generator=rng, dtype=torch.uint8)
    return [given[name] for name in inputs(k)]
