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
  -> coefficients [K,6,rows,w] float32, new_tokens [cells,D] uint8, new_survey [K,2V+2,rows,w] uint8

Built after the description of IPL (Chen et al., AAAI 2025, arXiv 2412.11685): slices, an attention cache, 8-bit
compression of that cache, and a chain of Feature Integration Blocks, each a DAEM (local extractor whose channel
attention reads the cache) and a DRTM (mixing along one axis after the other with products between). No published
code exists; nothing here is copied.
"""
import torch
from torch import nn
from torch.nn import functional as F

from network import shape
from network.depthwise import pointwise
from network.exposures import Exposures
from network.features import derive, is_reference
from network.lost_colour import raised
from network.lost_shadows import preferred
from network.parts import TONE, CacheRead, Daem, Drtm, Survey

SHARE = 2.0  # bound of the shares of the exposures' colours and of the pyramid's in what is added to the chroma
CLAMP = 24.0  # soft bound of a basis coefficient: keeps exp() of the rule in range

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


class Ipl(nn.Module):
    """The whole network; `forward` is the exported graph, training calls the parts."""

    def __init__(self, width=shape.WIDTH, blocks=shape.BLOCKS):
        super().__init__()
        self.stem1 = nn.Conv2d(shape.STATISTICS + shape.DERIVED, width, 1)
        self.stem2 = nn.Conv2d(width, width, 1)
        self.token1 = nn.Linear(2 * width, width)
        self.token2 = nn.Linear(width, shape.TOKEN_BYTES)
        self.survey = Survey(width)
        self.drtm = Drtm(width)
        self.read = CacheRead(width)
        self.daem = nn.ModuleList(Daem(width) for _ in range(blocks))
        self.head = nn.Conv2d(width, shape.COEFFICIENTS, 1)
        self.tone = nn.Conv2d(width, shape.COEFFICIENTS, 1)
        self.register_buffer('basis', BASIS.t().reshape(shape.COEFFICIENTS, shape.COEFFICIENTS, 1, 1).clone())
        self.register_buffer('tone_basis', TONE_BASIS.reshape(4, shape.COEFFICIENTS, 1, 1).clone())
        nn.init.normal_(self.head.weight, std=0.05)
        nn.init.zeros_(self.head.bias)
        nn.init.normal_(self.tone.weight, std=0.01)
        nn.init.zeros_(self.tone.bias)

    def stem(self, statistics, exposures):
        """[B*K,15,R,w] -> features [B*K,C,R,w]; no neighbours, so slices agree on what they leave in the cache."""
        return F.relu(pointwise(F.relu(self.stem1(derive(statistics, exposures))), self.stem2))

    def tokens(self, features, pool, exposures):
        """Features without halo [B*K,C,rows,w] -> bytes before rounding [B,cells,D]."""
        cells = F.avg_pool2d(features @ pool, (shape.BAND_ROWS, 1))
        both = torch.cat([exposures.mean(cells), exposures.max(cells)], 1)
        cells = both.reshape(-1, self.token1.in_features, cells.shape[2] * shape.TOKEN_COLUMNS).transpose(1, 2)
        return 127.5 * (1 + torch.tanh(self.token2(F.relu(self.token1(cells)))))

    def integrate(self, features, statistics, survey, mixed, values, mask, exposures):
        """Features, statistics [B*K,15,R,w], survey codes of the same rows, all with halo; mixed [B,3,R,w]; token
        values (-1..1) -> coefficients, without halo."""
        x = self.begin(features, statistics, survey, mixed, exposures)
        read = self.read(exposures.mean(x), values, mask)
        for daem in self.daem:
            x = daem(x, read, exposures)
        rows = slice(shape.HALO, -shape.HALO)
        return self.answer(x[:, :, rows], statistics[:, :, rows], mixed, rows, exposures)

    def begin(self, features, statistics, survey, mixed, exposures):
        """What the blocks work on; no neighbours."""
        return features + self.drtm(mixed, survey / 255, statistics, exposures)

    def answer(self, x, statistics, mixed, rows, exposures):
        """What the blocks left [B*K,C,R,w], statistics of the same rows, of `mixed` the `rows` -> coefficients."""
        reference = is_reference(statistics)
        weights, biases = (torch.cat([getattr(part, name) for part in (self.head, self.tone)]) for name in ('weight', 'bias'))
        logits, tone = F.conv2d(x, weights, biases).split(shape.COEFFICIENTS, 1)
        logits = F.conv2d(CLAMP * torch.tanh(logits / CLAMP), self.basis)
        tone = torch.tanh(tone)
        added = self.colour(SHARE * tone[:, 3:5], statistics[:, shape.COLOUR], mixed[:, 1:, rows], reference, exposures)
        tone = torch.cat([F.conv2d(TONE * tone, self.tone_basis), exposures.spread(added) + 0 * reference], 1)
        logits, tone = preferred(logits, tone, statistics, reference, exposures)
        tone = raised(logits, tone, statistics, reference, exposures)
        return logits + reference * (tone - logits)

    def colour(self, shares, own, mixed, reference, exposures):
        """What is added to Cb and Cr [B,2,R,w]: shares [B*K,2,R,w] of the exposures' own mean colours and, the
        reference's second, of the colour that the pyramid gives [B,2,R,w]. Of greys it makes nothing but grey, and
        blue and red take the same shares, so no hue comes in that no exposure has."""
        return exposures.sum(shares[:, :1] * own) + exposures.sum(shares[:, 1:] * reference) * mixed

    def forward(self, statistics, column_pool, tokens, occupied, placement, survey, own_rows, down_rows, next_rows, up_rows,
                down_columns, next_columns, up_columns, same_level):
        """One slice of one picture; shapes in the module's docstring."""
        one, inner = Exposures(every=torch.ones(1, statistics.shape[0])), slice(shape.HALO, -shape.HALO)
        features = self.stem(statistics, one)
        fresh = self.tokens(features[:, :, inner], column_pool, one)
        fresh = fresh.reshape(-1, shape.TOKEN_BYTES)
        stored = tokens.to(torch.float32)
        own = torch.clamp(torch.round(fresh), 0, 255)
        taken = placement.sum(0)                                        # [slots]
        table = stored * (1 - taken)[:, None] + placement.t() @ own
        mask = (torch.clamp(occupied + taken, 0, 1) - 1) * 1e4

        seen = self.survey(features, statistics, one)           # halo rows, too: nobody has to keep them
        kept = survey.to(torch.float32)
        row = torch.clamp(torch.round(seen[:, :, inner]), 0, 255)
        whole = kept * (1 - own_rows.sum(1, keepdim=True)) + own_rows @ row
        mixed = self.drtm.mixed(
            whole, (down_rows, next_rows, up_rows), (down_columns, next_columns, up_columns), same_level, one)
        coefficients = self.integrate(features, statistics, seen, mixed, table / 127.5 - 1, mask, one)
        return coefficients, own.to(torch.uint8), row.to(torch.uint8)
