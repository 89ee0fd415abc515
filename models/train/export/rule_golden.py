"""test/ipl/kernels/rule.json: what the pixel rule makes of seeded pictures of noise and coefficients as the network gives them, in full
range and in limited range, where the noise goes beyond black and white, in full and with some shares of darker and brighter exposures; and the weights at
the blocks' mean lumas."""
import base64

import numpy as np
import torch

from export.statistics import planes_of, rounded, write_lines
from network import rule, shape
from network.model import BASIS, CLAMP, TONE_BASIS
from network.parts import TONE

# width, height, exposures, reference, block, full range, shares: whole blocks and parts of them, every number of exposures.
CASES = [(48, 32, 3, 1, 16, True, rule.ALL), (48, 32, 3, 1, 16, False, rule.ALL), (62, 38, 2, 0, 8, True, rule.ALL),
         (62, 38, 4, 3, 8, False, rule.ALL), (90, 70, 5, 2, 32, True, rule.ALL), (90, 70, 2, 1, 32, False, rule.ALL),
         (140, 66, 3, 0, 64, False, rule.ALL), (48, 32, 3, 1, 16, False, rule.Shares(0.5, 0.5)), (62, 38, 5, 2, 8, True, rule.Shares(0.25, 0.75)),
         (62, 38, 4, 1, 16, False, rule.Shares(1, 0)), (48, 32, 2, 1, 16, True, rule.Shares(0, 1)), (48, 32, 3, 1, 32, True, rule.Shares(0, 0))]


def coefficients_of(rng, exposures, reference, h, w):
    """[K,6,h,w]: random in the bases of the network's heads, and within their bounds."""
    logits = torch.tensor(rng.normal(0, 3, (exposures, shape.COEFFICIENTS, h, w)), dtype=torch.float32)
    logits = torch.einsum('kchw,cj->kjhw', CLAMP * torch.tanh(logits / CLAMP), BASIS)
    tone = torch.tensor(rng.uniform(-0.25, 0.25, (shape.COEFFICIENTS, h, w)), dtype=torch.float32)
    curve = torch.einsum('chw,jc->jhw', TONE * tone, TONE_BASIS)
    logits[reference] = torch.cat([curve, tone[4:] / 4])
    # As the file has them: the answers are of these.
    return torch.tensor(rounded(logits), dtype=torch.float32).reshape(logits.shape)


def weights_at_means(coefficients, means, reference, shares):
    """[K,h,w] uint8: the rule at each block's mean luma, with the block's own coefficients."""
    own = rule.Rule(coefficients[None], means, reference, 1, shares=shares)
    return (255 * own.weights[0]).round().to(torch.uint8)


def record(path):
    out = []
    for seed, (width, height, exposures, reference, block, full, shares) in enumerate(CASES, 21):
        codes = planes_of(width, height, exposures, seed)
        y, chroma = rule.from_codes(*codes, full)
        h, w = -(-height // block), -(-width // block)
        coefficients = coefficients_of(np.random.default_rng(seed), exposures, reference, h, w)
        means = rule.Means(y, block, h, w)(y)
        coloured = rule.with_colour_of(coefficients[None], means[:, reference], reference, shares)
        fused = rule.to_codes(*rule.Rule(coloured, y, reference, block, shares=shares).fuse(chroma), full)
        weights = weights_at_means(coefficients, means, reference, shares)
        text = lambda *planes: base64.b64encode(b''.join(np.ascontiguousarray(p).tobytes() for p in planes)).decode()
        out.append({'width': width, 'height': height, 'exposures': exposures, 'reference': reference, 'block': block,
                    'range': 'full' if full else 'limited', 'seed': seed, 'shares': shares._asdict(), 'coefficients': rounded(coefficients),
                    'fused': text(*(p[0].numpy() for p in fused)), 'means': rounded(means[0]), 'weights': text(weights.numpy())})
    write_lines(path, out)
