"""Exports the whole fusion, 8-bit planes in and out, for GPUs: models/ipl-s-k<K>-gpu.onnx and their card.

usage: python3 models/train export-gpu [--checkpoint models/train/runs/NAME/last.pt]
Run it after export, with the same checkpoint: the card ties the graphs to that network. Without a
checkpoint the weights are those of the network beside the graphs, so that the graph can change and they stay.

One file for each number of exposures: their planes are inputs of their own, so no copy puts them together.
"""
import argparse
import hashlib
import io
import json
import os

import onnx
import torch
from onnx import TensorProto, compose, helper

from export import gpu_golden, gpu_graph
from folders import GOLDEN, MODELS
from network import shape, shipped

OPSET = 15
EXPOSURES = range(2, 6)


def traced(module, names, inputs, outputs):
    """The ONNX graph of a module; every axis is dynamic."""
    axes = {name: {i: f'{name}_{i}' for i in range(x.dim())}
            for name, x in zip(names, inputs)}
    file = io.BytesIO()
    torch.onnx.export(module, tuple(inputs), file, opset_version=OPSET, input_names=names,
                      output_names=outputs, dynamic_axes=axes, do_constant_folding=True)
    return onnx.load_from_string(file.getvalue()).graph


def dimensions(value, shape):
    """A graph input or output again, with the shape's names and numbers."""
    return helper.make_tensor_value_info(value.name, value.type.tensor_type.elem_type, shape)


def choice(then_graph, state, outputs):
    """An If: the map graph where `fresh` is true, otherwise its last results as they were fed."""
    then_graph = helper.make_graph(then_graph.node, 'map', [], then_graph.output, then_graph.initializer)
    kept = [helper.make_node('Cast', [state[name]], [f'kept_{name}'], to=TensorProto.FLOAT) for name in outputs]
    info = [helper.make_tensor_value_info(f'kept_{name}', TensorProto.FLOAT, None) for name in outputs]
    other = helper.make_graph(kept, 'kept', [], info)
    return helper.make_node('If', ['fresh'], outputs, name='fresh_map', then_branch=then_graph, else_branch=other)


def export(model, k, path):
    """Writes the graph for k exposures. -> its operators"""
    module, blend = gpu_graph.Map(model, k).eval(), gpu_graph.Blend(k).eval()
    example = gpu_graph.example(k)
    with torch.no_grad():
        results = module(*[example[name] for name in gpu_graph.MAP_INPUTS])
        example.update(coefficients=results[0], means=results[1])
    names = gpu_graph.blend_inputs(k)
    first = traced(module, gpu_graph.MAP_INPUTS, [example[n] for n in gpu_graph.MAP_INPUTS], gpu_graph.MAP_OUTPUTS)
    second = traced(blend, names, [example[n] for n in names], gpu_graph.BLEND_OUTPUTS)
    shapes = gpu_graph.shapes(k)
    inputs = {v.name: v for v in [*first.input, *second.input] if v.name not in gpu_graph.MAP_OUTPUTS}
    first = compose.add_prefix_graph(first, 'map_', rename_inputs=False)
    for node in first.node:  # inputs come from the graph around the branch
        for i, name in enumerate(node.input):
            if name.startswith('map_') and name[4:] in gpu_graph.MAP_INPUTS:
                node.input[i] = name[4:]
    second = compose.add_prefix_graph(second, 'blend_', rename_inputs=False)
    for node in second.node:
        for i, name in enumerate(node.input):
            if name.startswith('blend_') and name[6:] in names:
                node.input[i] = name[6:]
    for node in second.node:
        for i, name in enumerate(node.output):
            if name.startswith('blend_') and name[6:] in gpu_graph.BLEND_OUTPUTS:
                node.output[i] = name[6:]
    for output in first.output:
        output.type.tensor_type.ClearField('shape')
    state = dict(zip(gpu_graph.MAP_OUTPUTS, ['last_coefficients', 'last_means', 'cut']))
    fresh = [helper.make_tensor_value_info('fresh', TensorProto.BOOL, []),
             helper.make_tensor_value_info('last_coefficients', TensorProto.FLOAT, shapes['last_coefficients'])]
    graph = helper.make_graph(
        [choice(first, state, gpu_graph.MAP_OUTPUTS), *second.node], 'gst-ipl',
        fresh + [dimensions(v, shapes[v.name]) for v in inputs.values()],
        [helper.make_tensor_value_info(n, t, shapes[n]) for n, t in gpu_graph.OUTPUT_TYPES.items()],
        second.initializer)
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid('', OPSET)], ir_version=8, producer_name='gst-ipl')
    onnx.checker.check_model(whole)
    onnx.save(whole, path)
    return {node.op_type for node in [*first.node, *second.node]}


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train export-gpu', description=__doc__.split('\n\n')[0])
    parser.add_argument('--checkpoint')
    parser.add_argument('--out', default=MODELS, help='folder of ipl-s.json')
    parser.add_argument('--golden', default=GOLDEN, help='folder of gpu.json and gpu.bin.gz')
    args = parser.parse_args(arguments)
    network_file = os.path.join(args.out, 'ipl-s.onnx')
    model = shipped.network_of(args.checkpoint) if args.checkpoint else shipped.load(network_file)
    operators, graphs = set(), {}
    for k in EXPOSURES:
        path = os.path.join(args.out, f'ipl-s-k{k}-gpu.onnx')
        operators |= export(model, k, path)
        graphs[k] = {'file': os.path.basename(path), 'sha256': digest(path)}
    card = {
        'name': 'ipl-s-gpu',
        'network': digest(network_file),
        'halo': shape.HALO, 'bandRows': shape.BAND_ROWS,
        'tokenColumns': shape.TOKEN_COLUMNS, 'graphs': graphs,
    }
    with open(os.path.join(args.out, 'ipl-s-gpu.json'), 'w') as file:
        json.dump(card, file, indent=2)
        file.write('\n')
    gpu_golden.record(model, os.path.join(args.golden, 'gpu'))
    print('operators:', ' '.join(sorted(operators)))


if __name__ == '__main__':
    main()
