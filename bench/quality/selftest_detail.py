"""Checks of lost detail, halos, and of lining up, on drawn pictures (selftest.py)."""
import cv2
import numpy as np

import line_up
import selfpictures
from halo import Halo
from lost_detail import LostDetail

SIZE = 60, 70


def drawn():
    """Three exposures of a textured wall with a bright left half, in grey: the middle one shows the right half alone."""
    wall = np.rint(120 + 30 * cv2.GaussianBlur(np.float32(np.random.default_rng(5).normal(0, 4, SIZE)), (0, 0), 1.2)).clip(60, 180).astype(np.uint8)
    middle = wall.copy()
    middle[:, :35] = 255
    return [wall // 2, middle, np.full(SIZE, 255, np.uint8)]


def windows(picture):
    """15x15 about every pixel, mirrored at the edges."""
    padded = np.pad(picture.astype(float), 7, 'symmetric')
    return [padded[y:y + 15, x:x + 15].ravel() for y in range(SIZE[0]) for x in range(SIZE[1])]


def slow_back(exposures, fused):
    """Highlights back, window by window."""
    hits = []
    for one, dark, found, code in zip(windows(exposures[1]), windows(exposures[0]), windows(fused), exposures[1].ravel()):
        if code >= 247 and one.std() < 4 and dark.std() > 3 and 15 < dark.mean() < 240:
            hits.append(found.std() > 0.25 * dark.std() and np.corrcoef(found, dark)[0, 1] > 0.6)
    return 100 * np.mean(hits)


def check_lost(close):
    dark, middle, bright = exposures = drawn()
    score = LostDetail(exposures, 1).score
    contrast = lambda share: np.rint(240 + share * (dark - 60.0)).clip(0, 255).astype(np.uint8)
    half = np.where(np.arange(SIZE[0])[:, None] < 30, dark, middle)
    yield close('lost detail: the middle exposure brings back nothing', score(middle)['highlights'], 0, 0)
    yield close('lost detail: and keeps all that it shows', score(middle)['kept'], 100, 0)
    yield close('lost detail: the dark exposure brings back all', score(dark)['highlights'], 100, 0)
    yield close('lost detail: with half the contrast, too', score(contrast(0.5))['highlights'], 100, 0)
    yield close('lost detail: with an eighth it does not', score(contrast(0.125))['highlights'], 0, 0)
    yield close('lost detail: nor where light and dark change places', score(255 - dark)['highlights'], 0, 0)
    yield close('lost detail: of a part, window by window', score(half)['highlights'], slow_back(exposures, half), 1e-9)
    yield close('lost detail: what is mirrored is not kept', score(middle[::-1].copy())['kept'], 0, 10)
    yield close('lost detail: no shadows are told of where none are lost', float('shadows' in score(dark)), 0, 0)


def check_halo(close):
    columns = np.arange(200)[None].repeat(200, 0)
    exposures = [np.where(columns < 100, low, high).astype(np.uint8) for low, high in ((20, 90), (60, 200), (130, 255))]
    probe, rim = Halo(exposures), np.exp(-np.abs(columns - 99.5) / 8)
    for what, bright, dark, halo, glow in (('none', 0, 0, 0, 0), ('a bright rim', 20, 0, 50, 0), ('a dark and a bright one', 20, -20, 100, 0),
                                           ('light in the dark', 0, 20, 0, 50), ('a rim of 3 codes', 3, 0, 0, 0)):
        found = probe.score(np.rint(exposures[1] + rim * np.where(columns < 100, dark, bright)).clip(0, 255).astype(np.uint8))
        yield close(f'halo beside an edge with {what}', found['halo'], halo, 1e-9)
        yield close(f'glow beside an edge with {what}', found['glow'], glow, 1e-9)
    ramps = [np.rint(e + np.where(columns < 100, 0, (columns - 100) * 0.4)).clip(0, 255).astype(np.uint8) for e in exposures]
    found = Halo(ramps).score(ramps[1])
    yield close('glow beside a wall that is shaded, which is no even surface', found['glow'], 0, 1e-9)


def check_line_up(close):
    codes = lambda gain: np.rint(255 * np.clip(selfpictures.scene(360, 480) * gain, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((240, 180), 0.6, 1)
    turn[:, 2] += (7.3, -4.1)
    moved = cv2.warpAffine(codes(0.06), turn, (480, 360), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    found, valid, reach = line_up.bracket([moved, codes(0.25), codes(1.0)], 1)
    corners = np.float64([[480 * x, 360 * y, 1] for x in (0.05, 0.95) for y in (0.05, 0.95)])
    far = np.linalg.norm(corners @ turn.T - corners[:, :2], axis=1).max()
    yield close('lining up: how far an exposure was off, in pixels', reach, far, 0.3)
    off = cv2.absdiff(found[0], codes(0.06))[valid].astype(float)
    yield close('lining up: it shows what the reference shows, codes', off.mean(), 0, 1.5)


def checks(close):
    return [good for check in (check_lost, check_halo, check_line_up) for good in check(close)]
