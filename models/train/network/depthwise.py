"""Depth-wise 3x5 convolution for training: C where a compiler is at hand, PyTorch's elsewhere.

PyTorch 1.13's backward of it takes half of a training step on a CPU; the C of depthwise.c about a tenth of that. Nothing is
compiled unless `build` is called, and nothing is used that does not give PyTorch's numbers. Exports and GPUs use PyTorch's operator.
"""
import ctypes
import hashlib
import os
import subprocess

import torch
from torch.nn import functional as F

from folders import CACHE

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'depthwise.c')
# Sums in whatever order is fast. For a processor that is named: the library stays in the cache, and may be copied to another machine.
FLAGS = ['-O3', '-fassociative-math', '-fno-signed-zeros', '-fno-trapping-math', '-shared', '-fPIC']
PROCESSORS = {'AVX2': ['-mavx2', '-mfma'], 'AVX512': ['-mavx512f', '-mavx512vl', '-mfma', '-mprefer-vector-width=512']}
TOLERANCE = 1e-4

library = None


def flags():
    """For what the processor has, as the kernel tells it."""
    try:
        with open('/proc/cpuinfo') as file:
            has = file.read()
    except OSError:
        return FLAGS
    if all(name in has for name in ('avx512f', 'avx512vl')):
        return FLAGS + PROCESSORS['AVX512']
    return FLAGS + (PROCESSORS['AVX2'] if 'avx2' in has and 'fma' in has else [])


def build(folder=os.path.join(CACHE, 'compiled')):
    """Path of the compiled library, made where it is not in the folder; None without a C compiler."""
    with open(SOURCE, 'rb') as file:
        name = hashlib.sha256(file.read() + ' '.join(flags()).encode()).hexdigest()[:16]
    target = os.path.join(folder, f'depthwise-{name}.so')
    if os.path.exists(target):
        return target
    os.makedirs(folder, exist_ok=True)
    part = f'{target}.{os.getpid()}.part'
    try:
        subprocess.run(['cc', *flags(), '-o', part, SOURCE], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        print('depthwise: no C compiler; PyTorch does it, and a step takes twice as long')
        return None
    os.replace(part, target)
    return target


def use(path):
    """From now on the library, where it gives PyTorch's numbers; with None PyTorch's operator. -> whether the library is used"""
    global library
    library = None if path is None else ctypes.CDLL(path)
    if library is None or agrees():
        return library is not None
    print(f'depthwise: {path} does not give PyTorch\'s numbers; PyTorch does it')
    library = None
    return False


def agrees():
    """Whether result and gradients are PyTorch's."""
    noise = torch.Generator().manual_seed(1)
    x, kernel, grad = (torch.randn(size, generator=noise) for size in ((2, 3, 7, 19), (3, 1, 3, 5), (2, 3, 7, 19)))
    found = []
    for forward in (Depthwise.apply, lambda a, b: F.conv2d(a, b, padding=(1, 2), groups=3)):
        given = [v.clone().requires_grad_(True) for v in (x, kernel)]
        out = forward(*given)
        out.backward(grad)
        found.append([out.detach(), *(v.grad for v in given)])
    return all((a - b).abs().max().item() < TOLERANCE for a, b in zip(*found))


def pointer(x):
    return ctypes.c_void_p(x.data_ptr())


class Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, kernel):
        x, kernel = x.contiguous(), kernel.contiguous()
        ctx.save_for_backward(x, kernel)
        out = torch.empty_like(x)
        library.forward(pointer(x), pointer(kernel), pointer(out), *x.shape)
        return out

    @staticmethod
    def backward(ctx, grad):
        x, kernel = ctx.saved_tensors
        grad = grad.contiguous()
        grad_x, grad_kernel = torch.empty_like(x), torch.zeros_like(kernel)
        library.backward(pointer(x), pointer(kernel), pointer(grad), pointer(grad_x), pointer(grad_kernel), *x.shape)
        return grad_x, grad_kernel


def in_training(x):
    return x.requires_grad and not torch.onnx.is_in_onnx_export()


def depthwise(x, conv):
    """conv(x) for a depth-wise nn.Conv2d of 3x5 with padding (1,2)."""
    if library is None or x.is_cuda or not in_training(x) or x.shape[-1] > 4000:
        return conv(x)
    return Depthwise.apply(x, conv.weight) + conv.bias[:, None, None]


def pointwise(x, conv):
    """conv(x) for a 1x1 nn.Conv2d; as one matrix product it is faster in training on a CPU."""
    if x.is_cuda or not in_training(x):
        return conv(x)
    weight = conv.weight[:, :, 0, 0].expand(x.shape[0], -1, -1)
    y = torch.bmm(weight, x.flatten(2)).reshape(x.shape[0], -1, *x.shape[2:])
    return y if conv.bias is None else y + conv.bias[:, None, None]


