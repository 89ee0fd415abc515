"""The network on whole pictures, in training: what a slice has of halo and padding is made where it is needed, and not before."""
import torch

from learn.batches import disturb, disturb_rows
from network import pyramid, rule, shape
from network.exposures import Exposures
from network.features import column_pool


def coefficients_of(model, statistics, rng=None):
    """statistics [b,K,15,h,w] -> coefficients [b,K,n,h,w] and what the pyramid says of each block [b,3,h,w];
    with rng the cache is disturbed, see batches.py."""
    b, k = statistics.shape[:2]
    h, w = statistics.shape[-2:]
    exposures, flat = Exposures(k), statistics.flatten(0, 1)
    features = model.stem(flat, exposures)
    tokens = model.tokens(rule.pad_rows(features), column_pool(w), exposures)
    survey = model.survey(features, flat, exposures)
    occupied = torch.ones(tokens.shape[:2])
    if rng is not None:
        tokens, occupied = disturb(rng, tokens)
        kept = disturb_rows(rng, survey)
    else:
        tokens, kept = torch.round(tokens), torch.round(survey)
    mixed = model.drtm.mixed(kept, *pyramid.matrices(h, w), exposures)
    x = model.begin(features, flat, survey, mixed, exposures)
    read = model.read(exposures.mean(x), tokens / 127.5 - 1, (occupied - 1) * 1e4)
    # All before this looks at one cell; the blocks look at neighbours, which beyond the border are the border's cells again.
    x, read = rule.with_halo(x), rule.with_halo(read)
    for daem in model.daem:
        x = daem(x, read, exposures)
    c = model.answer(x[:, :, shape.HALO:-shape.HALO], flat, mixed, slice(None), exposures)
    return c.reshape(b, k, shape.COEFFICIENTS, h, w), mixed


def rule_of(model, y, chroma, r, size):
    """The pixel rule of whole pictures."""
    return rule.Rule(coefficients_of(model, rule.block_statistics(y, chroma, r, size))[0], y, r, size)
