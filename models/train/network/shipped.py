"""The shipped weights as a PyTorch network, read back from models/ipl-s.onnx: a checkpoint is not kept in the repository."""
import os

import onnx
import torch
from onnx import numpy_helper

from folders import MODELS
from network import shape
from network.model import Ipl

PATH = os.path.join(MODELS, 'ipl-s.onnx')


def network_of(checkpoint=None):
    """-> Ipl to evaluate with: a checkpoint's, or without one the shipped."""
    if checkpoint is None:
        return load()
    model = Ipl()
    model.load_state_dict(torch.load(checkpoint, map_location='cpu')['average'])
    return model.eval().requires_grad_(False)


def load(path=PATH):
    """-> Ipl with the file's weights, to evaluate with."""
    graph = onnx.load(path).graph
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    model = Ipl()
    # The exporter names anew what it transposes (linear layers) and what the network itself puts together (the two heads).
    renamed = sorted(name for name in weights if name.startswith('onnx::'))
    linear = [weights.pop(name).t() for name in renamed if 'MatMul' in name]
    both, biases = (weights.pop(name) for name in renamed if 'Conv' in name)
    weights.update(zip(('token1.weight', 'token2.weight', 'read.key.weight'), linear))
    for part, weight, bias in zip(('head', 'tone'), both.split(shape.COEFFICIENTS), biases.split(shape.COEFFICIENTS)):
        weights.update({f'{part}.weight': weight, f'{part}.bias': bias})
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False)
