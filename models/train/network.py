"""The IPL network: block statistics of K exposures -> coefficients of the pixel rule.

Shapes (one slice of one picture; training adds a batch, folded into the first axis). h x w is the map of the
whole picture, L the cells of all levels of its pyramid (pyramid.py), V = VIEWS:
  statistics   [K,15,rows+2*HALO,w]  float32, see rule.block_statistics
  column_pool  [w,4]                 float32, columns sum to 1
  tokens       [slots,D]             uint8, value = round(127.5*(1+tanh))
  occupied     [slots]               float32, 1 where a slot holds a token
  placement    [cells,slots]         float32, one-hot rows, cells = rows/4*4, band-major
  survey       [K,2V+2,h,w]          uint8, weights of V views, their brightness, mean Cb and Cr, in 1/255
  own_rows     [h,rows]              float32, one-hot columns: the rows of the map that are the slice's; 0 for padding
  down_rows, next_rows [Lh,h], up_rows [rows+2*HALO,Lh], down_columns, next_columns [w,Lw], up_columns [Lw,w],
  same_level   [Lh,Lw]               float32, see pyramid.py
  momentum     [1]                   float32, share of what the cache had that is kept
  -> coefficients [K,6,rows,w] float32, new_tokens [cells,D] uint8, new_survey [K,2V+2,rows,w] uint8

Built after the description of IPL (Chen et al., AAAI 2025, arXiv 2412.11685): slices, an attention cache, 8-bit
compression of that cache, and a chain of Feature Integration Blocks, each a DAEM (local extractor whose channel
attention reads the cache) and a DRTM (mixing along one axis after the other with products between). No published
code exists; nothing here is copied.
"""
import torch
from torch import nn
from torch.nn import functional as F

import pyramid
from depthwise import depthwise, pointwise

STATISTICS = 15
DERIVED = 6  # features that the stem works out from the statistics, see derive()
COEFFICIENTS = 6
TOKEN_BYTES = 16
TOKEN_COLUMNS = 4
BAND_ROWS = 4
NEUTRAL = 128 / 255  # code of colourless Cb and Cr
VIEWS = 2    # of each exposure in the survey: a dense bracket has about as many between two of ours
BLOCKS = 3
WIDTH = 32
QUERY = 16
COLOUR = slice(13, 15)  # channels of the statistics: mean Cb and Cr, less grey
HALO = BLOCKS  # rows; the convolutions reach one row a block

# The head answers in a basis centred on mid grey, where its outputs are of similar size; each
# row below is the polynomial (1, Yk, Yr, Yk^2, Yk*Yr, Yr^2) of one basis function.
BASIS = torch.tensor([
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],      # 1
    [-1.0, 2.0, 0.0, 0.0, 0.0, 0.0],     # 2(Yk-1/2)
    [-1.0, 0.0, 2.0, 0.0, 0.0, 0.0],     # 2(Yr-1/2)
    [1.0, -4.0, 0.0, 4.0, 0.0, 0.0],     # 4(Yk-1/2)^2
    [2.0, -4.0, -4.0, 0.0, 8.0, 0.0],    # 8(Yk-1/2)(Yr-1/2)
    [1.0, 0.0, -4.0, 0.0, 0.0, 4.0],     # 4(Yr-1/2)^2
])
# The same for the reference's tone curve: (1, Yr, unused, gain of the chroma) of (1, 2(Yr-1/2), gain, two that
# Ipl.colour takes, unused).
TONE_BASIS = torch.tensor([
    [1.0, -1.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 2.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
])
TONE = 0.5  # bound of each: half the range of brightness, half the chroma
SHARE = 2.0  # bound of the shares of the exposures' colours and of the pyramid's in what is added to the chroma
CLAMP = 24.0  # soft bound of a basis coefficient: keeps exp() of the rule in range


def fake_round(x):
    """Round with a straight-through gradient (training); a plain Round when exported."""
    if torch.onnx.is_in_onnx_export():
        return torch.round(x)
    return x + (torch.round(x) - x).detach()


def displayable(luma, blue, red):
    """Luma, Cb and Cr less grey, [B,1,R,w] each -> [B,3,R,w] with R, G and B kept in 0..1.

    A pyramid blend overshoots, up to 1.3 where a bracket spans much, and the truth is a picture, so it is clipped. Without
    the same clipping here the survey has to lie about such areas, and errs elsewhere for it (models/README.md)."""
    r, g, b = (clipped(x) for x in rgb_of(luma, blue, red))
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return torch.cat([luma, (b - luma) / 1.8556, (r - luma) / 1.5748], 1)


def rgb_of(luma, blue, red):
    """Luma, Cb and Cr less grey (or differences of them), BT.709 -> R, G, B"""
    return luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue


def clipped(x):
    """To 0..1; in training a tenth of the gradient passes beyond, so that what is clipped by mistake comes back."""
    inside = x.clamp(0, 1)
    if torch.onnx.is_in_onnx_export():
        return inside
    return inside + 0.1 * ((x - inside) - (x - inside).detach())


def derive(statistics, exposures):
    """[n,15,R,w] -> [n,21,R,w]: adds what few ReLUs cannot work out. The added constants are about the
    noise of 8-bit pictures.

    - The correlation of Yk and Yr, and the deviation of Yk that Yr does not explain: they tell a
      moved block from a still one.
    - The logarithms of contrast and saturation, whose product is Mertens' weight (his quality
      measures, OpenCV's defaults), and both less their means over the exposures.
    """
    std, std_r, covariance = statistics[:, 1:2], statistics[:, 5:6], statistics[:, 7:8] * 0.1
    correlation = covariance / (std * std_r + 1e-4)
    rest = std * std - covariance * covariance / (std_r * std_r + 1e-5)
    quality = 0.3 * torch.log(statistics[:, 10:12] + 2e-3) + 1
    relative = quality - exposures.spread(exposures.mean(quality))
    return torch.cat([statistics, correlation, 3 * torch.sqrt(F.relu(rest) + 1e-8), quality, 2 * relative], 1)


class Exposures:
    """Means over the K exposures of one picture; `k` is None for one picture (K = batch).

    `every` [1,K], all ones, makes sums of one picture matrix products: onnxruntime's reductions over the first axis take
    five times as long as its products."""

    def __init__(self, k=None, every=None):
        self.k, self.every = k, every

    def mean(self, x):
        """[B*K,C,R,w] -> [B,C,R,w]"""
        if self.every is not None:
            return Product.apply(self.every / self.every.sum(), x)
        if self.k is None:
            return x.mean(0, keepdim=True)
        return x.reshape(-1, self.k, *x.shape[1:]).mean(1)

    def max(self, x):
        """[B*K,C,R,w] -> [B,C,R,w]"""
        if self.k is None:
            return x.max(0, keepdim=True)[0]
        return x.reshape(-1, self.k, *x.shape[1:]).max(1)[0]

    def sum(self, x):
        """[B*K,C,R,w] -> [B,C,R,w]"""
        if self.every is not None:
            return Product.apply(self.every, x)
        if self.k is None:
            return x.sum(0, keepdim=True)
        return x.reshape(-1, self.k, *x.shape[1:]).sum(1)

    def spread(self, x):
        """[B,C,R,w] -> something that broadcasts to [B*K,C,R,w]"""
        return x if self.k is None else x.repeat_interleave(self.k, 0)


class Product(torch.autograd.Function):
    """Shares [1,K] of x [K,C,R,w] -> [1,C,R,w]; exported with as few operators that look up shapes as can be."""

    @staticmethod
    def forward(ctx, shares, x):
        return (shares @ x.reshape(x.shape[0], -1)).reshape(1, *x.shape[1:])

    @staticmethod
    def symbolic(g, shares, x):
        numbers = lambda *values: g.op('Constant', value_t=torch.tensor(values))
        flat = g.op('Reshape', x, numbers(0, -1))
        shape = g.op('Concat', numbers(1), g.op('Shape', x, start_i=1), axis_i=0)
        return g.op('Reshape', g.op('MatMul', shares, flat), shape)


class CacheRead(nn.Module):
    """Attention of every map position to the tokens in the cache."""

    def __init__(self, width):
        super().__init__()
        self.query = nn.Conv2d(width, QUERY, 1)
        self.key = nn.Linear(TOKEN_BYTES, QUERY, bias=False)
        self.value = nn.Linear(TOKEN_BYTES, QUERY)

    def forward(self, mean, tokens, mask):
        """mean [B,C,R,w]; tokens [B,slots,D] (or [slots,D]) in -1..1; mask 0 or very negative
        -> [B,QUERY,R,w]"""
        query = self.query(mean).permute(0, 2, 3, 1)                    # [B,R,w,QUERY]
        key = self.key(tokens).transpose(-1, -2) * QUERY ** -0.5
        value = self.value(tokens)
        shape = query.shape
        if tokens.dim() == 3:  # training: one matrix product a picture; an export needs no Reshape
            query, mask = query.reshape(shape[0], -1, QUERY), mask[:, None]
        read = torch.softmax(query @ key + mask, -1) @ value
        if tokens.dim() == 3:
            read = read.reshape(shape)                                  # [B,R,w,QUERY]
        return read.permute(0, 3, 1, 2)


class Daem(nn.Module):
    """Dimensional attention enhancement: local features times a gate read from the cache.

    The paper's channel attention is pool -> 1x1 -> ReLU -> 1x1 -> sigmoid -> multiply. Here the
    pooled vector is what each position reads from the attention cache, so it covers the whole
    picture although the slice does not.
    """

    def __init__(self, width):
        super().__init__()
        self.local = nn.Conv2d(width, width, (3, 5), padding=(1, 2), groups=width)
        self.point = nn.Conv2d(width, width, 1)
        self.common = nn.Conv2d(width, width, 1, bias=False)
        self.squeeze = nn.Conv2d(QUERY, QUERY, 1)
        self.excite = nn.Conv2d(QUERY, width, 1)

    def forward(self, x, read, exposures):
        """x [B*K,C,R,w], read [B,QUERY,R,w] -> [B*K,C,R,w]"""
        shared = pointwise(exposures.mean(x), self.common)
        y = F.relu(pointwise(depthwise(x, self.local), self.point) + exposures.spread(shared))
        gate = self.excite(F.relu(self.squeeze(read)))
        return x + y * exposures.spread(torch.sigmoid(gate))


class Survey(nn.Module):
    """What a block may add to the picture: weights and brightness of VIEWS views of each exposure, and its colour.

    The truth is a dense bracket, ours has gaps: a view is the block as an exposure in between would show it, and as
    those may be more colourful than ours, the mean colour of the block has a gain (of greys it makes greys). Blocks
    are looked at alone, so slices agree, and what they leave in the cache is all that other slices need of them.
    """

    def __init__(self, width):
        super().__init__()
        self.own = nn.Conv2d(width, width, 1)
        self.common = nn.Conv2d(width, width, 1, bias=False)
        self.out = nn.Conv2d(width, 2 * VIEWS + 1, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, features, statistics, exposures):
        """features [B*K,C,R,w], statistics [B*K,15,R,w] -> codes before rounding [B*K,2V+2,R,w]; the weights of a
        block add up to 255."""
        shared = exposures.spread(pointwise(exposures.mean(features), self.common))
        x = pointwise(F.relu(pointwise(features, self.own) + shared), self.out)
        weights = x[:, :VIEWS]
        weights = torch.exp(weights - exposures.spread(exposures.max(weights).amax(1, keepdim=True)))
        weights = weights / exposures.spread(exposures.sum(weights).sum(1, keepdim=True))
        brightness = (statistics[:, :1] + TONE * torch.tanh(x[:, VIEWS:2 * VIEWS])).clamp(0, 1)
        colour = statistics[:, COLOUR] * (1 + torch.tanh(x[:, 2 * VIEWS:]))
        return 255 * torch.cat([weights, brightness, (colour + NEUTRAL).clamp(0, 1)], 1)


class Drtm(nn.Module):
    """Dimensional rolling transformation: mixing along one axis after the other with products between, at all scales.

    Here it is the one mixing that exposure fusion asks for: the survey's weights and brightness are blended scale by
    scale along H and W (pyramid.py), which gives each block's brightness and colour in the fused picture. A learned mixing of
    pooled columns in its place earned nothing (models/README.md).
    """

    def __init__(self, width):
        super().__init__()
        self.embed = nn.Conv2d(9 + 2 * VIEWS, width, 1)

    def mixed(self, survey, rows, columns, mask, exposures):
        """survey [B*K,2V+2,h,w] codes; matrices of pyramid.blend -> [B,3,R,w]: luma 0..1, Cb and Cr less grey"""
        weights = survey[:, :VIEWS]
        total = exposures.spread(exposures.sum(weights).sum(1, keepdim=True).clamp(min=1))

        def add(smooth, detail):
            luma = exposures.sum(smooth * detail[:, :VIEWS]).sum(1, keepdim=True)
            return torch.cat([luma, exposures.sum(smooth.sum(1, keepdim=True) * detail[:, VIEWS:])], 1)

        mixed = pyramid.blend(weights / total, survey[:, VIEWS:] / 255, rows, columns, mask, add)
        return displayable(mixed[:, :1], mixed[:, 1:2] - NEUTRAL, mixed[:, 2:] - NEUTRAL)

    def forward(self, mixed, survey, statistics, exposures):
        """mixed [B,3,R,w]; survey [B*K,2V+2,R,w] of these rows in 0..1, statistics [B*K,15,R,w] -> features [B*K,C,R,w]"""
        mixed = exposures.spread(mixed) + statistics[:, :3] * 0
        luma, colour = mixed[:, :1], mixed[:, 1:]
        own = statistics[:, COLOUR]
        reference = exposures.spread(exposures.sum(is_reference(statistics) * own))
        seen = [2 * luma - 1, 4 * (luma - statistics[:, 0:1]), 4 * (luma - statistics[:, 4:5]), survey[:, :2 * VIEWS],
                4 * colour, 8 * (colour - own), 8 * (colour - reference)]
        return pointwise(torch.cat(seen, 1), self.embed)


class Ipl(nn.Module):
    """The whole network; `forward` is the exported graph, training calls the parts."""

    def __init__(self, width=WIDTH, blocks=BLOCKS):
        super().__init__()
        self.stem1 = nn.Conv2d(STATISTICS + DERIVED, width, 1)
        self.stem2 = nn.Conv2d(width, width, 1)
        self.token1 = nn.Linear(2 * width, width)
        self.token2 = nn.Linear(width, TOKEN_BYTES)
        self.survey = Survey(width)
        self.drtm = Drtm(width)
        self.read = CacheRead(width)
        self.daem = nn.ModuleList(Daem(width) for _ in range(blocks))
        self.head = nn.Conv2d(width, COEFFICIENTS, 1)
        self.tone = nn.Conv2d(width, COEFFICIENTS, 1)
        self.register_buffer('basis', BASIS.t().reshape(COEFFICIENTS, COEFFICIENTS, 1, 1).clone())
        self.register_buffer('tone_basis', TONE_BASIS.reshape(4, COEFFICIENTS, 1, 1).clone())
        nn.init.normal_(self.head.weight, std=0.05)
        nn.init.zeros_(self.head.bias)
        nn.init.normal_(self.tone.weight, std=0.01)
        nn.init.zeros_(self.tone.bias)

    def stem(self, statistics, exposures):
        """[B*K,15,R,w] -> features [B*K,C,R,w]; no neighbours, so slices agree on what they leave in the cache."""
        return F.relu(pointwise(F.relu(self.stem1(derive(statistics, exposures))), self.stem2))

    def tokens(self, features, pool, exposures):
        """Features without halo [B*K,C,rows,w] -> bytes before rounding [B,cells,D]."""
        cells = F.avg_pool2d(features @ pool, (BAND_ROWS, 1))
        both = torch.cat([exposures.mean(cells), exposures.max(cells)], 1)
        cells = both.reshape(-1, self.token1.in_features, cells.shape[2] * TOKEN_COLUMNS).transpose(1, 2)
        return 127.5 * (1 + torch.tanh(self.token2(F.relu(self.token1(cells)))))

    def integrate(self, features, statistics, survey, mixed, values, mask, exposures):
        """Features, statistics [B*K,15,R,w], survey codes of the same rows, all with halo; mixed [B,3,R,w]; token
        values (-1..1) -> coefficients, without halo."""
        x = features + self.drtm(mixed, survey / 255, statistics, exposures)
        read = self.read(exposures.mean(x), values, mask)
        for daem in self.daem:
            x = daem(x, read, exposures)
        rows = slice(HALO, -HALO)
        x, statistics = x[:, :, rows], statistics[:, :, rows]
        reference = is_reference(statistics)
        weights, biases = (torch.cat([getattr(part, name) for part in (self.head, self.tone)]) for name in ('weight', 'bias'))
        logits, tone = F.conv2d(x, weights, biases).split(COEFFICIENTS, 1)
        logits = F.conv2d(CLAMP * torch.tanh(logits / CLAMP), self.basis)
        tone = torch.tanh(tone)
        added = self.colour(SHARE * tone[:, 3:5], statistics[:, COLOUR], mixed[:, 1:, rows], reference, exposures)
        tone = torch.cat([F.conv2d(TONE * tone, self.tone_basis), exposures.spread(added) + 0 * reference], 1)
        return logits + reference * (tone - logits)

    def colour(self, shares, own, mixed, reference, exposures):
        """What is added to Cb and Cr [B,2,R,w]: shares [B*K,2,R,w] of the exposures' own mean colours and, the
        reference's second, of the colour that the pyramid gives [B,2,R,w]. Of greys it makes nothing but grey, and
        blue and red take the same shares, so no hue comes in that no exposure has."""
        return exposures.sum(shares[:, :1] * own) + exposures.sum(shares[:, 1:] * reference) * mixed

    def forward(self, statistics, column_pool, tokens, occupied, placement, survey, own_rows, down_rows, next_rows, up_rows,
                down_columns, next_columns, up_columns, same_level, momentum):
        """One slice of one picture; shapes in the module's docstring."""
        one, inner = Exposures(every=torch.ones(1, statistics.shape[0])), slice(HALO, -HALO)
        features = self.stem(statistics, one)
        fresh = self.tokens(features[:, :, inner], column_pool, one)
        fresh = fresh.reshape(-1, TOKEN_BYTES)
        stored = tokens.to(torch.float32)
        keep = momentum * (placement @ occupied[:, None])               # [cells,1]
        own = torch.clamp(torch.round(keep * (placement @ stored) + (1 - keep) * fresh), 0, 255)
        taken = placement.sum(0)                                        # [slots]
        table = stored * (1 - taken)[:, None] + placement.t() @ own
        mask = (torch.clamp(occupied + taken, 0, 1) - 1) * 1e4

        seen = self.survey(features, statistics, one)           # halo rows, too: nobody has to keep them
        kept = survey.to(torch.float32)
        row = torch.clamp(torch.round(momentum * (own_rows.t() @ kept) + (1 - momentum) * seen[:, :, inner]), 0, 255)
        whole = kept * (1 - own_rows.sum(1, keepdim=True)) + own_rows @ row
        mixed = self.drtm.mixed(
            whole, (down_rows, next_rows, up_rows), (down_columns, next_columns, up_columns), same_level, one)
        coefficients = self.integrate(features, statistics, seen, mixed, table / 127.5 - 1, mask, one)
        return coefficients, own.to(torch.uint8), row.to(torch.uint8)


def is_reference(statistics):
    """[n,15,R,w] -> [n,1,R,w]: 1 for the reference, 0 for others (channel 8 is (k-r)/4)."""
    return F.relu(1 - 8 * statistics[:, 8:9].abs())


def column_pool(w):
    """[w,4]: token column j averages map columns j*w/4 .. (j+1)*w/4, by overlap."""
    edge = torch.arange(TOKEN_COLUMNS + 1, dtype=torch.float64) * w / TOKEN_COLUMNS
    left = torch.arange(w, dtype=torch.float64)[:, None]
    overlap = (torch.minimum(left + 1, edge[None, 1:]) - torch.maximum(left, edge[None, :-1]))
    overlap = overlap.clamp(min=0)
    return (overlap / overlap.sum(0, keepdim=True)).float()
