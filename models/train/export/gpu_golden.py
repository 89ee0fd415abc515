"""Small pictures and what fuser.py makes of them: the test of the GPU graphs in other runtimes.

Two pictures of one scene follow one another: of the first nothing may be left in the second. `gpu-golden`
compares the graphs' modules with fuser.py in PyTorch.
"""
import gzip
import json

import torch

from export import gpu_graph, gpu_plan
from network import fuser, rule, shipped

# K, reference, height, width, full range, shares
SIZES = [(3, 1, 72, 104, True, rule.ALL), (2, 0, 96, 90, True, rule.ALL), (5, 2, 40, 48, True, rule.ALL), (2, 1, 728, 32, True, rule.ALL),
         (3, 1, 72, 104, False, rule.ALL), (4, 1, 728, 56, False, rule.ALL), (3, 1, 72, 104, False, rule.Shares(0.5, 0.5)),
         (4, 1, 96, 90, True, rule.Shares(0.25, 1)), (5, 3, 40, 48, True, rule.Shares(1, 0))]


def pictures(k, height, width, full, seed):
    """Three moments of an exposed scene with noise: y [3,K,H,W], chroma [3,K,2,H/2,W/2], bytes. Those of limited range use all
    codes, below black and above white, too."""
    rng = torch.Generator().manual_seed(seed)
    coarse = torch.rand(3, 1, 7, 9, generator=rng)
    scene = torch.nn.functional.interpolate(coarse, (height, width), mode='bilinear')
    scene[1] = scene[0].roll(5, -1)
    fine = torch.randn(3, k, height, width, generator=rng) * 0.02
    gains = 2.0 ** (2 * (torch.arange(k) - (k - 1) / 2))
    y = ((scene * scene * gains[:, None, None]).clamp(0, 1) ** 0.45 + fine).clamp(0, 1)
    colour = torch.nn.functional.interpolate(torch.rand(3, 2, 5, 6, generator=rng), (height // 2, width // 2), mode='bilinear')
    chroma = (0.5 + (colour[:, None] - 0.5) * y[:, :, None, ::2, ::2][..., :height // 2, :width // 2]).clamp(0, 1)
    if not full:
        y = (y - 0.3) * 1.15 + 0.3 + (y > 0.9) * fine * 2  # detail in the highlights, beyond white
    return rule.to_codes(y, chroma, full)


def reference_pictures(model, y, chroma, r, full, shares):
    """fuser.py, frame after frame; the third picture is another scene, which the pipeline notices."""
    run = fuser.Fuser(model)
    out = []
    for i in range(len(y)):
        if i == 2:
            run.cache = None
        out.append(rule.to_codes(*run.fuse(*rule.from_codes(y[i], chroma[i], full), r, shares=shares), full))
    return out


def graph_pictures(model, y, chroma, r, full, shares):
    """The modules that export_gpu.py exports."""
    k, height, width = y.shape[1:]
    given = gpu_plan.plan(height, width, k, r, full, shares)
    state, out = gpu_plan.forgotten(given, k), []
    with torch.no_grad():
        for i in range(len(y)):
            inputs = {**given, **state, **gpu_plan.feeds(y[i], chroma[i], given)}
            results = gpu_graph.Map(model, k)(*[inputs[name] for name in gpu_graph.MAP_INPUTS])
            inputs['coefficients'], inputs['means'], cut = results
            state['last_means'] = inputs['means']
            planes = gpu_graph.Blend(k)(*[inputs[name] for name in gpu_graph.blend_inputs(k)])
            out.append([planes[0], planes[1][..., 0], bool(cut)])
    return out


def record(model, path):
    """<path>.json tells the sizes, <path>.bin.gz has the bytes: for each picture exposures, then the answer."""
    index, data = [], b''
    for seed, (k, r, height, width, full, shares) in enumerate(SIZES):
        y, chroma = pictures(k, height, width, full, seed)
        answers = reference_pictures(model, y, chroma, r, full, shares)
        index.append({'exposures': k, 'reference': r, 'height': height, 'width': width, 'range': 'full' if full else 'limited',
                      'shares': shares._asdict(), 'pictures': len(answers)})
        for i, answer in enumerate(answers):
            for j in range(k):
                data += y[i, j].numpy().tobytes() + chroma[i, j].numpy().tobytes()
            data += answer[0].numpy().tobytes() + answer[1].numpy().tobytes()
    with open(f'{path}.json', 'w') as file:
        json.dump(index, file)
        file.write('\n')
    with open(f'{path}.bin.gz', 'wb') as file:
        file.write(gzip.compress(data, 9, mtime=0))


def main(arguments=None):
    model = shipped.load()
    for seed, (k, r, height, width, full, shares) in enumerate(SIZES):
        y, chroma = pictures(k, height, width, full, seed)
        for right, answer in zip(reference_pictures(model, y, chroma, r, full, shares), graph_pictures(model, y, chroma, r, full, shares)):
            off = [(a.int() - b.int()).abs() for a, b in zip(right, answer)]
            print(k, height, width, 'luma off by', off[0].max().item(), 'chroma', off[1].max().item(),
                  'unequal', round((off[0] > 0).float().mean().item(), 5), 'cut', answer[2])


if __name__ == '__main__':
    main()
