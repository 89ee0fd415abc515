"""Trains the network on rendered brackets, on the CPU.

usage: python3 models/train learn [--resume] [--out models/train/runs/NAME] [--seed 1] [--steps N] [--start shipped] [--workers N]
Beside the checkpoint `last.pt` the folder gets `log.jsonl`, `curve.png` and `sample.jpg`, validated brackets to look at. --resume goes
on from the checkpoint; the result is that of a training that was not interrupted, to the bit.
"""
import argparse
import copy
import dataclasses
import os
import time

# A process computes in one thread; a second one of OpenBLAS would only wait.
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
import numpy as np
import torch

from data import memory, render
from folders import RUNS
from learn import checkpoint, curve
from learn.batches import Shards
from learn.parts import Parts
from learn.recipe import Recipe
from learn.validate import sets, validate
from network import depthwise, shipped
from network.model import Ipl


def apply(model, gradient):
    """Puts a gradient in one vector where the optimizer looks for it."""
    at = 0
    for p in model.parameters():
        p.grad = gradient[at:at + p.numel()].view_as(p).clone()
        at += p.numel()


def follow(average, model, keep):
    with torch.no_grad():
        for a, b in zip(average.parameters(), model.parameters()):
            a.mul_(keep).add_(b, alpha=1 - keep)


def beginning(start):
    return shipped.load().train().requires_grad_(True) if start == 'shipped' else Ipl()


class Training:
    """Weights, their average and the optimizer, step after step."""

    def __init__(self, recipe, shards, workers, model=None):
        torch.manual_seed(recipe.seed)
        self.recipe, self.step = recipe, 0
        self.model = model or beginning(recipe.start)
        self.average = copy.deepcopy(self.model)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=recipe.rate)
        self.parts = Parts(self.model, shards, recipe, workers)

    def advance(self):
        """One step. -> the losses as numbers: of pixels, of the blocks' brightness and colour."""
        for group in self.optimizer.param_groups:
            group['lr'] = self.recipe.rate_at(self.step)
        gradient, losses = self.parts.step(self.step)
        apply(self.model, gradient)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.optimizer.step()
        follow(self.average, self.model, self.recipe.keep_at(self.step))
        self.step += 1
        return losses.tolist()


def train(recipe, folder, out, workers, resume=False, until=None):
    """-> path of the checkpoint. `until`: a step to stop at before the recipe's last, for tests."""
    last, log = os.path.join(out, 'last.pt'), os.path.join(out, 'log.jsonl')
    if os.path.exists(last) and not resume:
        raise SystemExit(f'{last} is there: --resume goes on with it, --out names another folder.')
    os.makedirs(out, exist_ok=True)
    training, rows = Training(recipe, Shards(folder), workers), []
    if resume and os.path.exists(last):
        training.step = checkpoint.load(last, recipe, training.model, training.average, training.optimizer)
        rows = curve.read(log, training.step)
        curve.rewrite(log, rows)
    recent, began, end = [], time.monotonic(), until or recipe.steps
    while training.step < end:
        recent.append(training.advance())
        if training.step % recipe.every and training.step != end:
            continue
        seconds = (time.monotonic() - began) / len(recent)
        checkpoint.save(last, recipe, training.step, training.model, training.average, training.optimizer)
        pixels, coarse = np.mean(recent, 0)
        names = sets(folder)
        row = {'step': training.step, 'rate': recipe.rate_at(training.step - 1), 'pixels': round(float(pixels), 5),
               'map': round(float(coarse), 5), 'psnr': {name: round(validate(
                   training.average, folder, name, os.path.join(out, 'sample.jpg') if name == names[0] else None), 3) for name in names}}
        rows.append(row)
        curve.append(log, row)
        curve.draw(rows, os.path.join(out, 'curve.png'))
        print(row, f'{seconds:.3f} s a step, {(recipe.steps - training.step) * seconds / 60:.0f} minutes to go', flush=True)
        recent, began = [], time.monotonic()
    training.parts.close()
    return last


def options(parser):
    """Of this program, for those that call it."""
    parser.add_argument('--seed', type=int, default=Recipe.seed)
    parser.add_argument('--steps', type=int, default=Recipe.steps)
    parser.add_argument('--start', choices=('shipped', 'random'), default=Recipe.start, help='weights to begin with')
    parser.add_argument('--out', help='folder; default: models/train/runs/<seed>-<steps>')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='processes; they do not change the result')
    parser.add_argument('--resume', action='store_true', help='goes on from the last checkpoint, where there is one')


def prepare():
    torch.set_num_threads(1)
    memory.keep()
    depthwise.use(depthwise.build())


def run(args):
    prepare()
    recipe = dataclasses.replace(Recipe(), seed=args.seed, steps=args.steps, start=args.start)
    out = args.out or os.path.join(RUNS, f'{args.seed}-{args.steps}')
    return train(recipe, render.folder_of(args.seed), out, args.workers, args.resume)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train learn', description=__doc__.split('\n\n')[0])
    options(parser)
    print(run(parser.parse_args(arguments)))


if __name__ == '__main__':
    main()
