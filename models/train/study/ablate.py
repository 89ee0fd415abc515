"""What each part of the network earns: variants trained for the same number of steps on the same shards.

usage: python3 models/train ablate [--steps 2000] [--only base 'no tokens' ...] [--out models/train/runs/ablation.json] [--times]
Short trainings compare parts with each other, not with the shipped network. A variant a process, since the
network's sizes are constants of its module. Times are onnxruntime's CPU provider, one thread, a 36x60 map, K=3; `--times`
takes them anew of networks that are not trained, for when the trainings shared the machine.
Flicker: of the fused picture and the reference's own, see steadiness.py.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import torch
from torch import nn

from data import render
from export import fixture, onnx_file
from folders import HERE, RUNS
from learn.batches import Shards
from learn.recipe import Recipe
from learn.train import Training, prepare
from learn.validate import sets, validate
from network import parts, shape
from network.model import Ipl
from study import steadiness


class NoTokens(nn.Module):
    """In the tokens' place: no slice knows of another but by the survey."""

    def forward(self, mean, tokens, mask):
        return torch.zeros_like(mean[:, :shape.QUERY])


class NoPyramid(nn.Module):
    """In the DRTM's place: each block's brightness and colour are its own survey's mix."""

    def __init__(self, drtm):
        super().__init__()
        self.drtm = drtm

    def mixed(self, survey, rows, columns, mask, exposures):
        weights = survey[:, :shape.VIEWS] / 255
        luma = exposures.sum(weights * survey[:, shape.VIEWS:-2] / 255).sum(1, keepdim=True)
        colour = exposures.sum(weights.sum(1, keepdim=True) * (survey[:, -2:] / 255 - shape.NEUTRAL))
        return rows[2][:, :rows[0].shape[1]] @ torch.cat([luma, colour], 1)  # the finest level of `up` takes rows as they are

    def forward(self, *inputs):
        return self.drtm(*inputs)


def without_tokens(model):
    model.read = NoTokens()


def without_pyramid(model):
    model.drtm = NoPyramid(model.drtm)


def without_both(model):
    without_tokens(model)
    without_pyramid(model)


def without_clipping(model):
    parts.displayable = lambda *planes: torch.cat(planes, 1)


def without_colour_gain(model):
    for values in (model.survey.out.weight, model.survey.out.bias):  # they start at 0, and stay there
        values.register_hook(lambda gradient: torch.cat([gradient[:-1], 0 * gradient[-1:]]))


RATE = 3e-3  # random weights want more than shipped ones that learn something besides

# name: constants of network/shape.py, change of the model
VARIANTS = {
    'base': ({}, None),
    'no tokens': ({}, without_tokens),
    'no pyramid': ({}, without_pyramid),
    'neither': ({}, without_both),
    'no clipping': ({}, without_clipping),
    'no colour gain': ({}, without_colour_gain),
    '1 view': ({'VIEWS': 1}, None),
    '3 views': ({'VIEWS': 3}, None),
    '2 blocks': ({'BLOCKS': 2, 'HALO': 2}, None),
    '4 blocks': ({'BLOCKS': 4, 'HALO': 4}, None),
    'width 16': ({'WIDTH': 16}, None),
    'width 24': ({'WIDTH': 24}, None),
    'tokens of 4 bytes': ({'TOKEN_BYTES': 4}, None),
    '8 token columns': ({'TOKEN_COLUMNS': 8}, None),
}


def trained(model, steps, seed):
    """-> the average of the weights; the rate falls to nothing over the steps."""
    training = Training(Recipe(seed=seed, steps=steps, start='random', rate=RATE), Shards(render.folder_of(seed)), os.cpu_count(), model)
    for _ in range(steps):
        training.advance()
    training.parts.close()
    return training.average


def milliseconds(model):
    """onnxruntime-node's CPU provider, one thread, or None where the export is not what it runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'variant.onnx')
        onnx_file.export(model.eval(), path)
        return round(fixture.run_onnx(path, fixture.seeded(3, 36, 60, 9 * shape.TOKEN_COLUMNS), 100)[1], 2)


def made(name, seed):
    """The variant's network, not trained."""
    constants, change = VARIANTS[name]
    for constant, value in constants.items():
        setattr(shape, constant, value)
    torch.manual_seed(seed)
    model = Ipl(shape.WIDTH, shape.BLOCKS)
    if change:
        change(model)
    return model


def one(name, steps, seed):
    """Trains and measures one variant."""
    steady = trained(made(name, seed), steps, seed)
    scores = {kind: round(validate(steady, render.folder_of(seed), kind), 2) for kind in sets(render.folder_of(seed))}
    return {'variant': name, 'psnr': scores, 'mean': round(sum(scores.values()) / len(scores), 2),
            'flicker': {name: [round(x, 3) for x in pair] for name, pair in steadiness.flicker(steady).items()},
            'parameters': sum(p.numel() for p in steady.parameters()), 'ms': milliseconds(steady),
            'tokenBytes': 9 * shape.TOKEN_COLUMNS * shape.TOKEN_BYTES, 'surveyBytes': 3 * (shape.survey_maps()) * 34 * 60}


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train ablate', description=__doc__.split('\n\n')[0])
    parser.add_argument('--steps', type=int, default=2000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', nargs='+', choices=list(VARIANTS), default=list(VARIANTS))
    parser.add_argument('--out', default=os.path.join(RUNS, 'ablation.json'))
    parser.add_argument('--times', action='store_true', help='only the times, of the variants that the file has')
    args = parser.parse_args(arguments)
    steadiness.sequences()  # better missed now than after the first training
    prepare()
    if len(args.only) > 1:
        for name in args.only:
            subprocess.run([sys.executable, HERE, 'ablate', '--steps', str(args.steps), '--seed', str(args.seed), '--only', name, '--out', args.out,
                            *(['--times'] if args.times else [])], check=True)
        return
    name, rows = args.only[0], []
    if os.path.exists(args.out):
        with open(args.out) as file:
            rows = json.load(file)
    if args.times:
        new = [{**r, 'ms': milliseconds(made(name, args.seed))} for r in rows if r['variant'] == name]
    else:
        new = [{**one(name, args.steps, args.seed), 'steps': args.steps}]
    with open(args.out, 'w') as file:
        json.dump([r for r in rows if r['variant'] != name] + new, file, indent=2)
    print(*new, flush=True)


if __name__ == '__main__':
    main()
