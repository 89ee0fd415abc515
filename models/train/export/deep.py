"""Exports what GPUs take for pictures of 10 bits: models/blend-k<K>-10.onnx (the blend to SDR) and models/merge-k<K>-hdr.onnx (the HDR merge), and
their card, models/ten-bits-gpu.json.

usage: python3 models/train export-deep
They hold no weights: a new network needs no new ones, a change of the pixel rule (network/rule.py) or of the merge does.
"""
import argparse
import json
import os

import onnx
import torch
from onnx import helper

from export import deep_graph, gpu, gpu_graph, merge_graph
from folders import MODELS

KINDS = {'blend': ('blend-k{}-10.onnx', deep_graph, deep_graph.DeepBlend), 'merge': ('merge-k{}-hdr.onnx', merge_graph, merge_graph.Merge)}


def export(module, kind, k, path):
    """-> its operators"""
    names = kind.inputs(k)
    graph = gpu.traced(module.eval(), names, kind.example(k), kind.OUTPUTS)
    shapes = kind.shapes(k)
    del graph.value_info[:]
    outputs = [helper.make_tensor_value_info(name, kind_of, shapes[name]) for name, kind_of in kind.OUTPUT_TYPES.items()]
    whole = helper.make_graph(graph.node, 'gst-ipl', [gpu.dimensions(value, shapes[value.name]) for value in graph.input], outputs, graph.initializer)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid('', gpu.OPSET)], ir_version=8, producer_name='gst-ipl')
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return {node.op_type for node in graph.node}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train export-deep', description=__doc__.split('\n\n')[0])
    parser.add_argument('--out', default=MODELS)
    args = parser.parse_args(arguments)
    operators, card = set(), {'name': 'ten-bits-gpu'}
    with torch.no_grad():
        for name, (file, kind, module) in KINDS.items():
            card[name] = {}
            for k in gpu.EXPOSURES:
                path = os.path.join(args.out, file.format(k))
                operators |= export(module(k), kind, k, path)
                card[name][k] = {'file': os.path.basename(path), 'sha256': gpu.digest(path)}
    with open(os.path.join(args.out, 'ten-bits-gpu.json'), 'w') as file:
        json.dump(card, file, indent=2)
        file.write('\n')
    print('operators:', ' '.join(sorted(operators)))


if __name__ == '__main__':
    main()
