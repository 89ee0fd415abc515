"""The blend of pictures of 10 bits, which lie in 16, as a graph for GPUs: planes in and out are bytes, two a sample, the lower first.

What a picture is fused by is the 8-bit graph's work (gpu_graph.Map): 10 bits tell the network nothing more. So these graphs hold no weights, and
one set of them serves any network. No provider needs to know integers of 16 bits.
"""
import torch
from onnx import TensorProto

from export import gpu_graph, gpu_plan
from export.gpu_graph import Blend

OUTPUTS = ['luma', 'chroma']


class Pairs:
    """weights [2]: what each byte of a sample counts, in codes of 8 bits; step [1]: from one code of 10 bits to the next, as 16 bits have them."""

    def __init__(self, weights, step):
        self.weights, self.step = weights, step

    def read(self, plane):
        return (plane.float() * self.weights).sum(-1)

    def write(self, codes):
        whole = torch.clamp(torch.floor(4 * codes + 0.5), 0, 1023) * self.step
        upper = torch.floor(whole / 256)
        return torch.stack([whole - 256 * upper, upper], -1).to(torch.uint8)


class DeepBlend(Blend):
    def forward(self, weights, step, *given):
        return self.fuse(Pairs(weights, step), *given)


def inputs(k):
    return ['weights', 'step', *gpu_graph.blend_inputs(k)]


def example(k):
    """Inputs to trace the graph with."""
    given = gpu_plan.plan(72, 80, k, 0)
    rng = torch.Generator().manual_seed(0)
    out = {**given, 'weights': torch.tensor([0.25, 64]), 'step': torch.ones(1),
           'coefficients': torch.randn(k, 6, given['h'] + 2, given['w'], generator=rng),
           'means': torch.rand(k, given['h'], given['w'], generator=rng)}
    for i in range(k):
        codes = torch.randint(0, 1024, (72 * 80 * 3 // 2,), generator=rng)
        pairs = torch.stack([codes % 256, codes // 256], -1).to(torch.uint8)
        out[f'luma{i}'], out[f'chroma{i}'] = pairs[:72 * 80].reshape(72, 80, 2), pairs[72 * 80:].reshape(2, 36, 40, 1, 2)
    return [out[name] for name in inputs(k)]


def shapes(k):
    """{name: shape} of all inputs and outputs."""
    table = {**gpu_graph.shapes(k), 'weights': [2], 'step': [1]}
    for name in ['luma', 'chroma', *(f'{plane}{i}' for i in range(k) for plane in ('luma', 'chroma'))]:
        table[name] = [*table[name], 2]
    return table


OUTPUT_TYPES = {name: TensorProto.UINT8 for name in OUTPUTS}
