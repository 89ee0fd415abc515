"""Depth-wise 3x5 convolution for training: C where a compiler is at hand, PyTorch's elsewhere.

PyTorch 1.13's backward of it takes half of a training step on a CPU; the C of depthwise.c about a tenth
of that. Exports and GPUs use PyTorch's operator.
"""
import ctypes
import os
import subprocess
import tempfile

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def build():
    """The compiled library, or None without a C compiler."""
    target = os.path.join(tempfile.mkdtemp(), 'depthwise.so')
    try:
        subprocess.run(['cc', '-O3', '-march=native', '-fassociative-math', '-fno-signed-zeros', '-fno-trapping-math', '-shared', '-fPIC', '-o', target,
                        os.path.join(HERE, 'depthwise.c')], check=True, capture_output=True)
        return ctypes.CDLL(target)
    except (OSError, subprocess.CalledProcessError):
        return None


library = build()


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


