"""Real brackets of ../shared/data: no truth, so MEF-SSIM (static) and MEF-SSIMd (all), and pictures to look at.

Static brackets are measured with MEF-SSIMd, too, because what they are called is not what they are: water, focus and hand-held
shots differ between their exposures, and MEF-SSIM wants all of that in the result."""
import glob
import os

import cv2
import numpy as np

from mef_ssim import MefSsim
from mef_ssimd import MefSsimD

FOLDERS = {'real static': ['measure-only/static/*', 'free/brackets/*'], 'real dynamic': ['measure-only/dynamic/*']}
METRICS = {'real static': {'mefSsim': MefSsim, 'mefSsimD': MefSsimD}, 'real dynamic': {'mefSsimD': MefSsimD}}
REFERENCE = 1


def brackets(data):
    """(group, name, folder) of every bracket."""
    for group, patterns in FOLDERS.items():
        for pattern in patterns:
            for folder in sorted(glob.glob(os.path.join(data, pattern))):
                yield group, os.path.basename(folder), folder


def read(folder):
    """Three exposures, dark to bright, cut to sides that 4:2:0 planes without padding can have."""
    pictures = [cv2.imread(os.path.join(folder, f'{k}.jpg')) for k in range(3)]
    h = min(p.shape[0] for p in pictures) // 2 * 2
    w = min(p.shape[1] for p in pictures) // 8 * 8
    return [np.ascontiguousarray(p[:h, :w]) for p in pictures]


def run(bench, group, name, folder):
    pictures, rows, fused = read(folder), [], {}
    metrics = {figure: make(pictures) for figure, make in METRICS[group].items()}
    figures_of = lambda picture: {figure: metric.score(picture) for figure, metric in metrics.items()}
    for fuser in bench.fusers:
        fused[fuser.name] = fuser.fuse(pictures, REFERENCE)
        rows.append({'scene': name, 'group': group, 'method': fuser.name, **figures_of(fused[fuser.name])})
    for peer in bench.peers:
        figures = bench.cache.figures(name, group, peer.name, 'real')
        if figures is None and bench.args.only != 'ipl':
            picture = peer.fuse(pictures, REFERENCE)
            figures = figures_of(picture)
            bench.cache.keep(name, group, peer.name, 'real', figures, picture)
        if figures is not None:
            rows.append({'scene': name, 'group': group, 'method': peer.name, **figures})
    if bench.page:
        bench.page.real(bench.cache, name, group, pictures, fused['ipl'], rows)
    return rows
