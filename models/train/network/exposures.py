"""Sums over the exposures of a picture."""
import torch


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
        return x if self.k is None else x[:, None].expand(-1, self.k, -1, -1, -1).flatten(0, 1)


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
