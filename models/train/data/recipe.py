"""Which brackets are rendered, how many, and what share of the batches they are."""
from dataclasses import dataclass, field

from data.bracket import CLEAN, NIGHT_LEVELS, SIZE


@dataclass(frozen=True)
class Kind:
    """Brackets of one size."""
    pixels: tuple      # height, width
    block: int
    count: int         # brackets in a shard
    shards: int
    share: float       # of the batches
    how: dict = field(default_factory=dict)  # bracket.sample's; `dynamic` and `clean` are shares of the brackets


KINDS = {
    'day': Kind((SIZE, SIZE), 8, 24, 60, 0.1, {'dynamic': 0.85, 'clean': CLEAN, 'photos': 0.3}),
    'night': Kind((SIZE, SIZE), 8, 24, 30, 0.06, {'dynamic': 0.5, 'clean': CLEAN, 'photos': 0.3, 'levels': NIGHT_LEVELS}),
    'quarter': Kind((544, 960), 16, 6, 160, 0.2, {'dynamic': 0.75, 'clean': CLEAN, 'photos': 0.6}),
    'hd': Kind((1088, 1920), 32, 4, 110, 0.3, {'dynamic': 0.65, 'clean': CLEAN, 'photos': 0.75}),
    'uhd': Kind((2176, 3840), 64, 2, 70, 0.34, {'dynamic': 0.6, 'clean': CLEAN, 'photos': 0.85}),
}

VALIDATION = {  # name: how whole() makes it, from what training never sees
    'dynamic': {'dynamic': 1, 'clean': 0}, 'static': {'dynamic': 0, 'clean': 0},
    'clean-dynamic': {'dynamic': 1, 'clean': 1}, 'clean-static': {'dynamic': 0, 'clean': 1},
    'sharp-dynamic': {'dynamic': 1, 'clean': 1, 'photos': 0.8, 'pixels': (512, 512)},
    'sharp-static': {'dynamic': 0, 'clean': 1, 'photos': 0.8, 'pixels': (512, 512)},
}
VALIDATED = 24  # brackets of each
