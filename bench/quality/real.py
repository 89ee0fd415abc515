"""Real brackets of ../shared/data: no truth, so MEF-SSIM (static) and MEF-SSIMd (all), lost detail, halos, and pictures to look at.

Static brackets are measured with MEF-SSIMd, too, because what they are called is not what they are: water, focus and hand-held
shots differ between their exposures, and MEF-SSIM wants all of that in the result.

Lost detail and halos are taken from reduced brackets in groups of their own: fused as they are given, and lined up before. Both are
compared with the exposures lined up, so that a method that does not line up is told apart from one that does not bring back."""
import glob
import os

import cv2
import numpy as np

from detail import Detail
from mef_ssim import MefSsim
from mef_ssimd import MefSsimD
from reduced import reduced

FOLDERS = {'real static': ['measure-only/static/*', 'free/brackets/*'], 'real dynamic': ['measure-only/dynamic/*']}
METRICS = {'real static': {'mefSsim': MefSsim, 'mefSsimD': MefSsimD}, 'real dynamic': {'mefSsimD': MefSsimD}}
GIVEN, LINED_UP = 'as given', 'lined up'
REFERENCE = 1


def brackets(data):
    """(group, name, folder) of every bracket."""
    for group, patterns in FOLDERS.items():
        for pattern in patterns:
            for folder in sorted(glob.glob(os.path.join(data, pattern))):
                yield group, os.path.basename(folder), folder


def read(folder):
    """Three exposures, dark to bright."""
    return [cv2.imread(os.path.join(folder, f'{k}.jpg')) for k in range(3)]


def cut(pictures):
    """To sides that 4:2:0 planes without padding can have."""
    h = min(p.shape[0] for p in pictures) // 2 * 2
    w = min(p.shape[1] for p in pictures) // 8 * 8
    return [np.ascontiguousarray(p[:h, :w]) for p in pictures]


def run(bench, group, name, folder):
    pictures = read(folder)
    metrics = {figure: make(cut(pictures)) for figure, make in METRICS[group].items()}
    figures_of = lambda picture: {figure: metric.score(picture) for figure, metric in metrics.items()}
    rows = compared(bench, group, name, cut(pictures), 'real', figures_of)
    small = [reduced(p) for p in pictures]
    lined_up, valid = bench.cache.lined_up(name, small, REFERENCE)
    small, lined_up, (valid,) = cut(small), cut(lined_up), cut([valid])
    detail = Detail(lined_up, REFERENCE, valid)
    rows += compared(bench, f'{group}, {GIVEN}', name, small, 'detail', detail.score, detail.marked)
    rows += compared(bench, f'{group}, {LINED_UP}', name, lined_up, 'detail', detail.score, detail.marked)
    return rows


def compared(bench, group, name, pictures, kind, figures_of, marked=None):
    """Rows of one bracket: the product's and the peers'. `kind` is that of the cache; `marked` makes one more picture for the page."""
    rows, fused = [], {}
    for fuser in bench.fusers:
        fused[fuser.name] = fuser.fuse(pictures, REFERENCE)
        rows.append({'scene': name, 'group': group, 'method': fuser.name, **figures_of(fused[fuser.name])})
    for peer in bench.peers:
        figures = bench.cache.figures(name, group, peer.name, kind)
        if figures is None and bench.args.only != 'ipl':
            picture = peer.fuse(pictures, REFERENCE)
            figures = figures_of(picture)
            bench.cache.keep(name, group, peer.name, kind, figures, picture)
        if figures is not None:
            rows.append({'scene': name, 'group': group, 'method': peer.name, **figures})
    if bench.page:
        bench.page.real(bench.cache, name, group, pictures, fused['ipl'], rows, marked and marked(fused['ipl']))
    return rows
