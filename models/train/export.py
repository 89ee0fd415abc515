"""Exports the network to models/ipl-s.onnx with its card and the golden fixture.

usage: python3 models/train/export.py [--checkpoint models/train/runs/last.pt]
Without a checkpoint the network is random (seeded): right shapes, meaningless pictures.
"""
import argparse
import json
import os

import onnx
import torch

import card
import fixture
import network

MODELS = os.path.dirname(fixture.HERE)
OPSET = 15
OUTPUTS = ['coefficients', 'new_tokens', 'new_survey']
LICENCES = [
    'HDR panoramas: Poly Haven, CC0 1.0',
    'photographs: CC0 1.0 and public domain; five CC BY 4.0 (Trevor "Freespace", Jakub Mede, Aitzol Berasategi)',
    'Ultra HDR photographs: Mishaal Rahman, CC BY 4.0',
]


def export(model, path):
    """Writes the ONNX file; every shape but 15, 6, 8, 2V+2 and D is dynamic."""
    axes = {
        'statistics': {0: 'K', 2: 'rowsWithHalo', 3: 'w'}, 'column_pool': {0: 'w'},
        'tokens': {0: 'slots'}, 'occupied': {0: 'slots'}, 'placement': {0: 'cells', 1: 'slots'},
        'survey': {0: 'K', 2: 'h', 3: 'w'}, 'own_rows': {0: 'h', 1: 'rows'}, 'down_rows': {0: 'Lh', 1: 'h'}, 'next_rows': {0: 'Lh', 1: 'h'},
        'up_rows': {0: 'rowsWithHalo', 1: 'Lh'}, 'down_columns': {0: 'w', 1: 'Lw'}, 'next_columns': {0: 'w', 1: 'Lw'}, 'up_columns': {0: 'Lw', 1: 'w'},
        'same_level': {0: 'Lh', 1: 'Lw'},
        'coefficients': {0: 'K', 2: 'rows', 3: 'w'}, 'new_tokens': {0: 'cells'}, 'new_survey': {0: 'K', 2: 'rows', 3: 'w'},
    }
    torch.onnx.export(model, tuple(fixture.seeded()), path, opset_version=OPSET,
                      input_names=fixture.NAMES, output_names=OUTPUTS,
                      dynamic_axes=axes, do_constant_folding=True)
    graph = onnx.load(path)
    del graph.metadata_props[:]
    onnx.checker.check_model(graph)
    onnx.save(graph, path)
    return sorted({node.op_type for node in graph.graph.node})


def golden(model, path):
    """A small input set with torch's answers, for parity tests elsewhere."""
    inputs = fixture.seeded()
    with torch.no_grad():
        outputs = dict(zip(OUTPUTS, model(*inputs)))
    # Inputs are written exactly as float32 reads them back, so no tolerance is lost there.
    out = {'inputs': fixture.as_json(dict(zip(fixture.NAMES, inputs))),
           'outputs': fixture.as_json(outputs, 5),
           'tolerance': {'coefficients': 2e-3, 'new_tokens': 1, 'new_survey': 1}}
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        json.dump(out, file, separators=(',', ':'))
        file.write('\n')


def figures_of(measured):
    """What the benchmark found of the product and of OpenCV's Mertens, group by group."""
    rounded = lambda values: {name: round(value, 4) for name, value in values.items()}
    groups = {group: {method: rounded(found[method]) for method in ('ipl', 'mertens') if method in found}
              for group, found in measured['groups'].items()}
    return {'by': 'npm run bench:quality', 'of sha256': measured['sha256'], **groups}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--checkpoint')
    parser.add_argument('--figures', help='JSON written by `npm run bench:quality -- --json FILE` with this network')
    args = parser.parse_args()
    torch.manual_seed(1)
    model = network.Ipl().eval()
    training = {'data': 'none: random weights', 'licences': [], 'seed': 1, 'minutes': 0, 'steps': 0}
    if args.checkpoint:
        state = torch.load(args.checkpoint, map_location='cpu')
        model.load_state_dict(state['model'])
        training = {**state['training'], 'licences': LICENCES,
                    'command': 'see models/README.md, Recipe'}
        training['minutes'] = round(training['minutes'], 1)
    figures = {}
    if args.figures:
        with open(args.figures) as file:
            figures = figures_of(json.load(file))
    path = os.path.join(MODELS, 'ipl-s.onnx')
    print('operators:', ' '.join(export(model, path)))
    with open(os.path.join(MODELS, 'ipl-s.json'), 'w') as file:
        json.dump(card.describe(path, OPSET, model, training, figures), file, indent=2)
        file.write('\n')
    golden(model, os.path.join(os.path.dirname(MODELS), 'test', 'golden', 'network.json'))


if __name__ == '__main__':
    main()
