"""MEF-Net and MEFLUT with the weights that their authors published. Neither is part of this project: their files are looked
for in --peers (README.md says how to get them), and without them the two are left out.

MEF-Net: K. Ma, Z. Duanmu, H. Zhu, Y. Fang, Z. Wang, "Deep Guided Learning for Fast Multi-Exposure Image Fusion", TIP 2020.
MEFLUT: T. Jiang et al., "MEFLUT: Unsupervised 1D Lookup Tables for Multi-exposure Image Fusion", ICCV 2023.
Both weigh a picture of 128 pixels' height, raise the weights to full size by the fast guided filter, mix luma (BT.601)
with them, and mix chroma by its distance from grey.
"""
import collections
import os
import pickle
import types

import cv2
import numpy as np

LOW = 128      # pixels of the shorter side, the default of both
TINY = 1e-8
STRIP = 64     # rows at a time
TO_YCC = np.float32([[0.114, 0.587, 0.299], [0.5 / 255, -0.331264 / 255, -0.168736 / 255],
                     [-0.081312 / 255, -0.418688 / 255, 0.5 / 255]])
TO_BGR = np.float32([[1, 1.772, 0], [1, -0.344136, -0.714136], [1, 0, 1.402]])


def available(folder):
    """name -> function, of those whose weights lie in `folder`."""
    found = {}
    checkpoint = os.path.join(folder, 'MEFNet_release.pt')
    tables = [os.path.join(folder, 'luts', '3frames', f'{k}_weight.txt') for k in range(3)]
    if os.path.exists(checkpoint):
        network = MefNet(checkpoint)
        found['MEF-Net'] = lambda pictures, reference=None: fuse(pictures, network, 1, 1e-4)
    if all(os.path.exists(path) for path in tables):
        weigh = lookup(tables)
        found['MEFLUT'] = lambda pictures, reference=None: fuse(pictures, weigh, 2, 1.0)
    return found


def fuse(pictures, weigh, radius, regularization):
    """uint8 BGR, dark to bright; `weigh` takes small lumas [k,h,w] of 0..1 and gives as many maps."""
    lumas = [cv2.transform(p.astype(np.float32), TO_YCC[:1] / 255) for p in pictures]
    h, w = lumas[0].shape
    scale = LOW / min(h, w)
    small = np.stack([cv2.resize(y, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA) for y in lumas])
    maps = weigh(small)
    slopes, offsets = zip(*(guided(x, m, radius, regularization) for x, m in zip(small, maps)))
    raised = lambda planes: [cv2.resize(a, (w, h), interpolation=cv2.INTER_LINEAR) for a in planes]
    slopes, offsets, out = raised(slopes), raised(offsets), np.empty((h, w, 3), np.uint8)
    for top in range(0, h, STRIP):  # strips stay in the processor's cache
        rows = slice(top, top + STRIP)
        weights = [np.abs(a[rows] * y[rows] + b[rows]) + TINY for a, b, y in zip(slopes, offsets, lumas)]
        channels = [cv2.transform(p[rows].astype(np.float32), TO_YCC[1:]) for p in pictures]
        mixed = [np.clip(sum(wt * y[rows] for wt, y in zip(weights, lumas)) / sum(weights), 0, 1)]
        for channel in (0, 1):
            colours = [c[..., channel] for c in channels]
            share = [np.abs(c) + TINY for c in colours]
            mixed.append(sum(s * c for s, c in zip(share, colours)) / sum(share))
        out[rows] = np.rint(np.clip(cv2.transform(cv2.merge(mixed), TO_BGR), 0, 1) * 255)
    return out


def guided(x, target, radius, regularization):
    """Fast guided filter: slope and offset of `target` over the small luma x, to be applied to the full one."""
    mean = lambda a: cv2.blur(a, (2 * radius + 1, 2 * radius + 1), borderType=cv2.BORDER_CONSTANT)
    count = mean(np.ones_like(x))  # the window holds fewer pixels at the edges
    average = lambda a: mean(a) / count
    mx, mt = average(x), average(target)
    slope = (average(x * target) - mx * mt) / (average(x * x) - mx * mx + regularization)
    return slope, mt - slope * mx


def lookup(paths):
    """MEFLUT's tables. They go from the brightest exposure to the darkest, as the pictures in its repository do."""
    tables = []
    for path in paths:
        with open(path) as file:
            tables.append(np.clip(np.float32([v for v in file.read().split(',') if v.strip()][:256]), 0, 1))
    return lambda small: [table[(y * 255).astype(np.uint8)] for table, y in zip(tables[::-1], small)]


class MefNet:
    """Six 3x3 convolutions of 24 channels (dilated by 1, 2, 4, 8, 16 and 1) and one 1x1, each but the last followed by
    w0 x + w1 instance_norm(x) and a leaky ReLU of 0.2."""

    def __init__(self, path):
        import torch  # only here: the rest of the benchmark does without
        torch.set_num_threads(1)
        self.torch = torch
        self.state = load(torch, path)['state_dict']

    def __call__(self, small):
        torch, function = self.torch, self.torch.nn.functional
        x = torch.from_numpy(small)[:, None]
        with torch.no_grad():
            for layer, dilation in enumerate((1, 2, 4, 8, 16, 1)):
                part = lambda name: self.state[f'lr.{3 * layer + name[0]}.{name[1]}']
                x = function.conv2d(x, part((0, 'weight')), padding=dilation, dilation=dilation)
                normal = function.instance_norm(x, weight=part((1, 'in_norm.weight')), bias=part((1, 'in_norm.bias')))
                x = function.leaky_relu(part((1, 'w_0')) * x + part((1, 'w_1')) * normal, 0.2)
            x = function.conv2d(x, self.state['lr.18.weight'], self.state['lr.18.bias'])
        return list(x[:, 0].numpy())


class _Tensors(pickle.Unpickler):
    """Unpickles tensors and containers and nothing else: a checkpoint from elsewhere must not run code."""

    ALLOWED = {('collections', 'OrderedDict'), ('torch._utils', '_rebuild_tensor_v2'), ('torch._utils', '_rebuild_tensor'),
               ('torch._utils', '_rebuild_parameter')}

    def find_class(self, module, name):
        if (module, name) == ('collections', 'OrderedDict'):
            return collections.OrderedDict
        if (module, name) in self.ALLOWED or (module == 'torch' and name.endswith('Storage')):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f'{module}.{name} is not allowed in a checkpoint')


def load(torch, path):
    safe = types.SimpleNamespace(Unpickler=_Tensors, load=lambda file, **rest: _Tensors(file, **rest).load(),
                                 __name__='safe_pickle')
    return torch.load(path, map_location='cpu', pickle_module=safe)
