"""How the weights are found. Everything goes by the step: the machine's speed changes nothing, and the number of processes nothing either."""
import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    seed: int = 1
    start: str = 'shipped'    # the weights to begin with: the network's that ships, or 'random' ones
    steps: int = 6_000        # for what they are to learn besides; another look took 16,000 at twice the rate
    rate: float = 1e-3        # of Adam, at its highest; 3e-3 for random weights
    last_rate: float = 1e-5
    warm: int = 200           # steps until the rate is at its highest
    clip: float = 0.5         # largest norm of a gradient
    parts: int = 2            # of a step, each of another shard; their gradients are averaged. As many processes can work.
    cells: int = 12_288       # map cells times exposures in a part, about
    keep: float = 0.997       # share that the average of the weights keeps at each step: it swings less than they, by up to 1 dB
    every: int = 1000         # steps between checkpoints and validations

    def rate_at(self, step):
        falling = 0.5 + 0.5 * math.cos(math.pi * step / self.steps)
        return self.rate * min(1, (step + 1) / self.warm) * falling + self.last_rate

    def keep_at(self, step):
        """Less at first, when the weights still run away from the average."""
        return min(self.keep, step / (step + 10))
