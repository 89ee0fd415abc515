"""What the stem takes beside the block statistics."""
import torch
from torch.nn import functional as F

from network import shape


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


def is_reference(statistics):
    """[n,15,R,w] -> [n,1,R,w]: 1 for the reference, 0 for others ((k-r)/4 is one of the statistics)."""
    return F.relu(1 - 8 * statistics[:, shape.INDEX].abs())


def column_pool(w):
    """[w,4]: token column j averages map columns j*w/4 .. (j+1)*w/4, by overlap."""
    edge = torch.arange(shape.TOKEN_COLUMNS + 1, dtype=torch.float64) * w / shape.TOKEN_COLUMNS
    left = torch.arange(w, dtype=torch.float64)[:, None]
    overlap = (torch.minimum(left + 1, edge[None, 1:]) - torch.maximum(left, edge[None, :-1]))
    overlap = overlap.clamp(min=0)
    return (overlap / overlap.sum(0, keepdim=True)).float()
