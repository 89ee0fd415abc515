"""What training needs to go on as if it had never stopped. Rate and random numbers follow from the recipe and the step alone."""
import dataclasses
import os

import torch

from learn.recipe import Recipe

FORMAT = 2


def save(path, recipe, step, model, average, optimizer):
    """Whole or not at all."""
    part = f'{path}.{os.getpid()}.part'
    torch.save({'format': FORMAT, 'recipe': dataclasses.asdict(recipe), 'step': step, 'model': model.state_dict(),
                'average': average.state_dict(), 'optimizer': optimizer.state_dict()}, part)
    os.replace(part, path)


def load(path, recipe, model, average, optimizer):
    """Fills model, average and optimizer. -> the step to go on with"""
    state = torch.load(path, map_location='cpu')
    if state.get('format') != FORMAT:
        raise SystemExit(f'{path} was written by another version of this program.')
    if Recipe(**state['recipe']) != recipe:
        raise SystemExit(f'{path} is of another recipe, {state["recipe"]}: go on with the same one, or name another folder with --out.')
    model.load_state_dict(state['model'])
    average.load_state_dict(state['average'])
    optimizer.load_state_dict(state['optimizer'])
    return state['step']
