"""The shipped weights as a PyTorch network, read back from models/ipl-s.onnx: a checkpoint is not kept in the repository."""
import os

import onnx
import torch
from onnx import numpy_helper

import network

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'ipl-s.onnx')


def network_of(checkpoint=None):
    """-> network.Ipl to evaluate with: a checkpoint's, or without one the shipped."""
    if checkpoint is None:
        return load()
    model = network.Ipl()
    model.load_state_dict(torch.load(checkpoint, map_location='cpu')['model'])
    return model.eval().requires_grad_(False)


def load(path=PATH):
    """-> network.Ipl with the file's weights, to evaluate with (tested against the golden answers by `python3 shipped.py`)."""
    graph = onnx.load(path).graph
    weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    model = network.Ipl()
    # The exporter names anew what it transposes (linear layers) and what the network itself puts together (the two heads).
    renamed = sorted(name for name in weights if name.startswith('onnx::'))
    linear = [weights.pop(name).t() for name in renamed if 'MatMul' in name]
    both, biases = (weights.pop(name) for name in renamed if 'Conv' in name)
    weights.update(zip(('token1.weight', 'token2.weight', 'read.key.weight'), linear))
    for part, weight, bias in zip(('head', 'tone'), both.split(network.COEFFICIENTS), biases.split(network.COEFFICIENTS)):
        weights.update({f'{part}.weight': weight, f'{part}.bias': bias})
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False)


def main():
    import json

    import fixture
    with open(os.path.join(fixture.HERE, '..', '..', 'test', 'golden', 'network.json')) as file:
        golden = json.load(file)
    for name, found in zip(golden['outputs'], load()(*fixture.seeded())):
        expected = torch.tensor(golden['outputs'][name]['data']).reshape(found.shape)
        error = (found.float() - expected).abs().max().item()
        print(f'{name}: at most {error:.1g} off')
        assert error <= golden['tolerance'][name]


if __name__ == '__main__':
    main()
