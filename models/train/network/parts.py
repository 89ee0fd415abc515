"""The parts of the network: what reads the cache, the survey that is kept in it, the blocks (DAEM) and the blend (DRTM)."""
import torch
from torch import nn
from torch.nn import functional as F

from network import pyramid, shape
from network.colour import displayable
from network.depthwise import depthwise, pointwise
from network.features import is_reference

TONE = 0.5  # bound of the tone curve's: half the range of brightness, half the chroma


class CacheRead(nn.Module):
    """Attention of every map position to the tokens in the cache."""

    def __init__(self, width):
        super().__init__()
        self.query = nn.Conv2d(width, shape.QUERY, 1)
        self.key = nn.Linear(shape.TOKEN_BYTES, shape.QUERY, bias=False)
        self.value = nn.Linear(shape.TOKEN_BYTES, shape.QUERY)

    def forward(self, mean, tokens, mask):
        """mean [B,C,R,w]; tokens [B,slots,D] (or [slots,D]) in -1..1; mask 0 or very negative
        -> [B,QUERY,R,w]"""
        query = self.query(mean).permute(0, 2, 3, 1)                    # [B,R,w,QUERY]
        key = self.key(tokens).transpose(-1, -2) * shape.QUERY ** -0.5
        value = self.value(tokens)
        size = query.shape
        if tokens.dim() == 3:  # training: one matrix product a picture; an export needs no Reshape
            query, mask = query.reshape(size[0], -1, shape.QUERY), mask[:, None]
        read = torch.softmax(query @ key + mask, -1) @ value
        if tokens.dim() == 3:
            read = read.reshape(size)                                  # [B,R,w,QUERY]
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
        self.squeeze = nn.Conv2d(shape.QUERY, shape.QUERY, 1)
        self.excite = nn.Conv2d(shape.QUERY, width, 1)

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
        self.out = nn.Conv2d(width, 2 * shape.VIEWS + 1, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, features, statistics, exposures):
        """features [B*K,C,R,w], statistics [B*K,15,R,w] -> codes before rounding [B*K,2V+2,R,w]; the weights of a
        block add up to 255."""
        shared = exposures.spread(pointwise(exposures.mean(features), self.common))
        x = pointwise(F.relu(pointwise(features, self.own) + shared), self.out)
        weights = x[:, :shape.VIEWS]
        weights = torch.exp(weights - exposures.spread(exposures.max(weights).amax(1, keepdim=True)))
        weights = weights / exposures.spread(exposures.sum(weights).sum(1, keepdim=True))
        brightness = (statistics[:, :1] + TONE * torch.tanh(x[:, shape.VIEWS:2 * shape.VIEWS])).clamp(0, 1)
        colour = statistics[:, shape.COLOUR] * (1 + torch.tanh(x[:, 2 * shape.VIEWS:]))
        return 255 * torch.cat([weights, brightness, (colour + shape.NEUTRAL).clamp(0, 1)], 1)


class Drtm(nn.Module):
    """Dimensional rolling transformation: mixing along one axis after the other with products between, at all scales.

    Here it is the one mixing that exposure fusion asks for: the survey's weights and brightness are blended scale by
    scale along H and W (pyramid.py), which gives each block's brightness and colour in the fused picture. A learned mixing of
    pooled columns in its place earned nothing (models/README.md).
    """

    def __init__(self, width):
        super().__init__()
        self.embed = nn.Conv2d(9 + 2 * shape.VIEWS, width, 1)

    def mixed(self, survey, rows, columns, mask, exposures):
        """survey [B*K,2V+2,h,w] codes; matrices of pyramid.blend -> [B,3,R,w]: luma 0..1, Cb and Cr less grey"""
        weights = survey[:, :shape.VIEWS]
        total = exposures.spread(exposures.sum(weights).sum(1, keepdim=True).clamp(min=1))

        def add(smooth, detail):
            luma = exposures.sum(smooth * detail[:, :shape.VIEWS]).sum(1, keepdim=True)
            return torch.cat([luma, exposures.sum(smooth.sum(1, keepdim=True) * detail[:, shape.VIEWS:])], 1)

        mixed = pyramid.blend(weights / total, survey[:, shape.VIEWS:] / 255, rows, columns, mask, add)
        return displayable(mixed[:, :1], mixed[:, 1:2] - shape.NEUTRAL, mixed[:, 2:] - shape.NEUTRAL)

    def forward(self, mixed, survey, statistics, exposures):
        """mixed [B,3,R,w]; survey [B*K,2V+2,R,w] of these rows in 0..1, statistics [B*K,15,R,w] -> features [B*K,C,R,w]"""
        mixed = exposures.spread(mixed) + statistics[:, :3] * 0
        luma, colour = mixed[:, :1], mixed[:, 1:]
        own = statistics[:, shape.COLOUR]
        reference = exposures.spread(exposures.sum(is_reference(statistics) * own))
        seen = [2 * luma - 1, 4 * (luma - statistics[:, 0:1]), 4 * (luma - statistics[:, 4:5]), survey[:, :2 * shape.VIEWS],
                4 * colour, 8 * (colour - own), 8 * (colour - reference)]
        return pointwise(torch.cat(seen, 1), self.embed)
