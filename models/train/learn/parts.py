"""The parts of a step: each has a gradient of its own, from its own random numbers, whichever process works it out."""
import multiprocessing

import numpy as np
import torch

from learn.forward import coefficients_of
from learn.losses import losses_of


def gradient(model, shards, recipe, step, part):
    """The part's gradient, in one vector, and its losses. Depends on nothing but the arguments."""
    rng = np.random.default_rng([recipe.seed, step, part])
    batch, r, size = shards.batch(rng, recipe.cells)
    losses = losses_of(*coefficients_of(model, batch['statistics'], rng), batch, r, size)
    model.zero_grad()
    sum(losses).backward()
    # A part of the network that an ablation leaves out has none.
    flat = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return torch.cat([x.flatten() for x in flat]), torch.stack(losses).detach()


class Parts:
    """Works out the parts of steps in this process and in others, which see the same weights."""

    def __init__(self, model, shards, recipe, workers):
        self.model, self.shards, self.recipe = model, shards, recipe
        self.workers = max(1, min(workers, recipe.parts))
        model.share_memory()
        size = sum(p.numel() for p in model.parameters())
        self.gradients = torch.zeros(recipe.parts, size).share_memory_()
        self.losses = torch.zeros(recipe.parts, 2).share_memory_()
        # Forked before the first backward pass: autograd's own threads would not be there in the copy.
        forked = multiprocessing.get_context('fork')
        self.ends, self.processes = [], []
        for worker in range(1, self.workers):
            end, other = forked.Pipe()
            process = forked.Process(target=self.serve, args=(other, worker), daemon=True)
            process.start()
            self.ends.append(end)
            self.processes.append(process)
            other.close()

    def serve(self, end, worker):
        try:
            for step in iter(end.recv, None):
                self.work(step, worker)
                end.send(step)
        except (EOFError, KeyboardInterrupt):
            pass  # the training is over

    def work(self, step, worker):
        for part in range(worker, self.recipe.parts, self.workers):
            self.gradients[part], self.losses[part] = gradient(self.model, self.shards, self.recipe, step, part)

    def step(self, step):
        """-> the mean gradient in one vector, mean losses"""
        for end in self.ends:
            end.send(step)
        self.work(step, 0)
        for end in self.ends:
            try:
                end.recv()
            except EOFError:
                raise SystemExit('A process that trains has gone: its error is above. --resume goes on from the last checkpoint.') from None
        return self.gradients.mean(0), self.losses.mean(0)

    def close(self):
        for end in self.ends:
            end.send(None)
        for process in self.processes:
            process.join()
