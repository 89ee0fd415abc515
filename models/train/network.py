"""The IPL network: block statistics of K exposures -> coefficients of the pixel rule.

Shapes (one slice of one picture; training adds a batch, folded into the first axis):
  statistics   [K,10,rows+2*HALO,w]  float32, see rule.block_statistics
  column_pool  [w,8]                 float32, columns sum to 1
  cache        [slots,D]             uint8, value = round(127.5*(1+tanh))
  occupied     [slots]               float32, 1 where a slot holds a token
  placement    [cells,slots]         float32, one-hot rows, cells = rows/4*8, band-major
  momentum     [1]                   float32, share of the old token that is kept
  -> coefficients [K,6,rows+2,w] float32, tokens [cells,D] uint8

Built after the description of IPL (Chen et al., AAAI 2025, arXiv 2412.11685): slices, an
attention cache, 8-bit compression of that cache, and a chain of Feature Integration Blocks,
each a DAEM (local extractor whose channel attention reads the cache) and a DRTM (mixing
along one axis after the other). No published code exists; nothing here is copied.
"""
import torch
from torch import nn
from torch.nn import functional as F

STATISTICS = 10
DERIVED = 2  # features that the stem works out from the statistics, see derive()
COEFFICIENTS = 6
TOKEN_BYTES = 16
TOKEN_COLUMNS = 8
BAND_ROWS = 4
BLOCKS = 4
WIDTH = 16  # a multiple of 16 runs in the AVX-512 block layout of ONNX Runtime; 24 took 1.6 times as long
QUERY = 16
HALO = 5  # rows; the convolutions reach one row a block, and one more row is handed out

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
CLAMP = 24.0  # soft bound of a basis coefficient: keeps exp() of the rule in range


def fake_round(x):
    """Round with a straight-through gradient (training); a plain Round when exported."""
    if torch.onnx.is_in_onnx_export():
        return torch.round(x)
    return x + (torch.round(x) - x).detach()


def derive(statistics):
    """[n,10,R,w] -> [n,12,R,w]: adds the correlation of Yk and Yr, and the deviation of Yk that Yr
    does not explain. They tell a moved block from a still one, and few ReLUs cannot divide. The
    added constants are about the noise of 8-bit pictures."""
    std, std_r, covariance = statistics[:, 1:2], statistics[:, 5:6], statistics[:, 7:8] * 0.1
    correlation = covariance / (std * std_r + 1e-4)
    rest = std * std - covariance * covariance / (std_r * std_r + 1e-5)
    return torch.cat([statistics, correlation, 3 * torch.sqrt(F.relu(rest) + 1e-8)], 1)


class Exposures:
    """Means over the K exposures of one picture; `k` is None for one picture (K = batch)."""

    def __init__(self, k=None):
        self.k = k

    def mean(self, x):
        """[B*K,C,R,w] -> [B,C,R,w]"""
        if self.k is None:
            return x.mean(0, keepdim=True)
        return x.reshape(-1, self.k, *x.shape[1:]).mean(1)

    def max(self, x):
        """[B*K,C,R,w] -> [B,C,R,w]"""
        if self.k is None:
            return x.max(0, keepdim=True)[0]
        return x.reshape(-1, self.k, *x.shape[1:]).max(1)[0]

    def spread(self, x):
        """[B,C,R,w] -> something that broadcasts to [B*K,C,R,w]"""
        return x if self.k is None else x.repeat_interleave(self.k, 0)


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
        self.query = nn.Conv2d(width, QUERY, 1)
        self.key = nn.Linear(TOKEN_BYTES, QUERY, bias=False)
        self.value = nn.Linear(TOKEN_BYTES, QUERY)
        self.squeeze = nn.Conv2d(QUERY, QUERY, 1)
        self.excite = nn.Conv2d(QUERY, width, 1)

    def forward(self, x, tokens, mask, exposures):
        """x [B*K,C,R,w]; tokens [B,slots,D] (or [slots,D]) in -1..1; mask 0 or very negative."""
        mean = exposures.mean(x)
        shared = self.common(mean)
        y = F.relu(self.point(self.local(x)) + exposures.spread(shared))
        query = self.query(mean).permute(0, 2, 3, 1)                    # [B,R,w,QUERY]
        key = self.key(tokens).transpose(-1, -2) * QUERY ** -0.5
        value = self.value(tokens)
        shape = query.shape
        if tokens.dim() == 3:  # training: one matrix product a picture; an export needs no Reshape
            query, mask = query.reshape(shape[0], -1, QUERY), mask[:, None]
        read = torch.softmax(query @ key + mask, -1) @ value
        if tokens.dim() == 3:
            read = read.reshape(shape)                                  # [B,R,w,QUERY]
        gate = self.excite(F.relu(self.squeeze(read.permute(0, 3, 1, 2))))
        return x + y * exposures.spread(torch.sigmoid(gate))


class Drtm(nn.Module):
    """Dimensional rolling transformation: mix along W (8 pooled columns), then along C.
    H is cut by slices, so mixing along it goes through the cache (Daem)."""

    def __init__(self, width):
        super().__init__()
        self.columns = nn.Linear(TOKEN_COLUMNS, TOKEN_COLUMNS)
        self.add = nn.Conv2d(width, width, 1)
        self.out = nn.Conv2d(width, width, 1)

    def forward(self, x, pool, unpool):
        """x [B*K,C,R,w], pool [w,8], unpool [8,w] -> [B*K,C,R,w]"""
        wide = F.relu(self.columns(x @ pool)) @ unpool
        return x + self.out(F.relu(self.add(x)) * (1 + wide))


class Ipl(nn.Module):
    """The whole network; `forward` is the exported graph, training calls the parts."""

    def __init__(self, width=WIDTH, blocks=BLOCKS):
        super().__init__()
        self.stem1 = nn.Conv2d(STATISTICS + DERIVED, width, 1)
        self.stem2 = nn.Conv2d(width, width, 1)
        self.token1 = nn.Linear(2 * width, width)
        self.token2 = nn.Linear(width, TOKEN_BYTES)
        self.daem = nn.ModuleList(Daem(width) for _ in range(blocks))
        self.drtm = nn.ModuleList(Drtm(width) for _ in range(blocks))
        self.head = nn.Conv2d(width, COEFFICIENTS, 1)
        self.register_buffer('basis', BASIS.t().reshape(COEFFICIENTS, COEFFICIENTS, 1, 1).clone())
        for drtm in self.drtm:
            nn.init.normal_(drtm.out.weight, std=0.05)
        nn.init.normal_(self.head.weight, std=0.05)
        nn.init.zeros_(self.head.bias)

    def stem(self, statistics):
        """[B*K,10,R,w] -> features [B*K,C,R,w]; no neighbours, so slices agree on tokens."""
        return F.relu(self.stem2(F.relu(self.stem1(derive(statistics)))))

    def tokens(self, features, pool, exposures):
        """Features without halo [B*K,C,rows,w] -> bytes before rounding [B,cells,D]."""
        both = torch.cat([exposures.mean(features), exposures.max(features)], 1) @ pool
        pictures = 1 if exposures.k is None else both.shape[0]          # a constant when exported
        bands = both.reshape(pictures, self.token1.in_features, -1, BAND_ROWS, TOKEN_COLUMNS).mean(3)
        cells = bands.reshape(pictures, self.token1.in_features, -1).transpose(1, 2)
        return 127.5 * (1 + torch.tanh(self.token2(F.relu(self.token1(cells)))))

    def integrate(self, features, values, mask, pool, exposures):
        """Features with halo and token values (-1..1) -> coefficients, rows+2."""
        unpool = (pool / pool.sum(1, keepdim=True).clamp(min=1e-6)).t()
        x = features
        for daem, drtm in zip(self.daem, self.drtm):
            x = drtm(daem(x, values, mask, exposures), pool, unpool)
        x = self.head(x[:, :, HALO - 1:1 - HALO])
        return F.conv2d(CLAMP * torch.tanh(x / CLAMP), self.basis)

    def forward(self, statistics, column_pool, cache, occupied, placement, momentum):
        """One slice of one picture; shapes in the module's docstring."""
        one = Exposures()
        features = self.stem(statistics)
        fresh = self.tokens(features[:, :, HALO:-HALO], column_pool, one)
        fresh = fresh.reshape(-1, TOKEN_BYTES)
        stored = cache.to(torch.float32)
        keep = momentum * (placement @ occupied[:, None])               # [cells,1]
        own = torch.clamp(torch.round(keep * (placement @ stored) + (1 - keep) * fresh), 0, 255)
        taken = placement.sum(0)                                        # [slots]
        table = stored * (1 - taken)[:, None] + placement.t() @ own
        mask = (torch.clamp(occupied + taken, 0, 1) - 1) * 1e4
        coefficients = self.integrate(features, table / 127.5 - 1, mask, column_pool, one)
        return coefficients, own.to(torch.uint8)


def column_pool(w):
    """[w,8]: token column j averages map columns j*w/8 .. (j+1)*w/8, by overlap."""
    edge = torch.arange(TOKEN_COLUMNS + 1, dtype=torch.float64) * w / TOKEN_COLUMNS
    left = torch.arange(w, dtype=torch.float64)[:, None]
    overlap = (torch.minimum(left + 1, edge[None, 1:]) - torch.maximum(left, edge[None, :-1]))
    overlap = overlap.clamp(min=0)
    return (overlap / overlap.sum(0, keepdim=True)).float()
