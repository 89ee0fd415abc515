"""Sequences: how steady the fused picture is, and how fast it settles after a change."""
import numpy as np

import metrics
import peers
import planes
import scenes
import sequences
import sources

SETTLED = 0.3  # dB from the steady state
H, W = sources.HEIGHT, sources.WIDTH


def run(bench, name):
    """Rows of one sequence: the product, the reference exposure's own flicker, and OpenCV's Mertens."""
    folder = bench.cache.sequence(name, bench.args.data)
    truths = [metrics.luma(np.load(f'{folder}/truth-{k}.npy')) for k in range(len(sequences.SEQUENCES[name]))]
    rows = []
    for fuser in bench.fusers:
        fused = [fuser.fuse_planes(sequences.read(folder, n), H, W, scenes.REFERENCE, reset=n == 0)
                 for n in range(sequences.frames_of(name))]
        rows.append(row(name, fuser.name, [planes.luma_of(f, H, W) for f in fused], truths))
    for method, fuse in (('middle', lambda exposures: exposures[scenes.REFERENCE]), ('mertens', mertens)):
        if bench.args.methods and method not in bench.args.methods:
            continue
        figures = bench.cache.figures(name, 'sequence', method, 'peers')
        if figures is None and bench.args.only != 'ipl':
            lumas = [planes.luma_of(fuse(sequences.read(folder, n)), H, W) for n in range(sequences.frames_of(name))]
            figures = row(name, method, lumas, truths)
            bench.cache.keep(name, 'sequence', method, 'peers', figures)
        if figures is not None:
            rows.append(figures)
    return rows


def mertens(exposures):
    return planes.to_i420(peers.mertens([planes.to_bgr(e, H, W) for e in exposures]))


def row(name, method, lumas, truths):
    """Flicker is taken over the last part alone: a change of the scene is none."""
    parts = [sequences.part_of(name, n) for n in range(len(lumas))]
    last = [y for y, part in zip(lumas, parts) if part == parts[-1]]
    flicker = metrics.flicker(last)
    out = {'scene': name, 'group': f'sequence {name}', 'method': method, 'flicker': flicker['pixels'], 'pumping': flicker['blocks']}
    errors = [luma_psnr(y, truths[part]) for y, part in zip(lumas, parts)]
    out['psnrLuma'] = float(np.mean(errors))
    if parts[-1]:
        after = [e for e, part in zip(errors, parts) if part == parts[-1]]
        steady = float(np.mean(after[-2:]))
        out['settle'] = next(i for i, e in enumerate(after) if abs(e - steady) <= SETTLED or i == len(after) - 1)
        out['dip'] = steady - min(after)
    return out


def luma_psnr(luma, truth):
    error = float(np.mean((luma.astype(np.float32) - truth) ** 2, dtype=np.float64))
    return 10 * np.log10(255 ** 2 / max(error, 1e-3))
