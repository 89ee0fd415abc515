"""What lining up is to reach, case by case. Each takes a Bench and gives rows: (what, wanted, measured, met)."""
import functools
import glob
import os

import views  # first: it finds the quality benchmark
import cv2
import numpy as np

import judge
import line_up
import scenes
import sources
from cameras import Shooter
from lost_detail import LostDetail
from metrics import psnr
from random_brackets import RandomBracket
from reduced import grey, reduced
from truth import truth
from views import REFERENCE, Bracket, inner, motion

SCENES = ['my_jin', 'll_own1', 'casa-mila', 'oakland-zoo-otters']
KINDS = {'streams': 'auto', 'photographs': 'each'}
SETTLED = 24  # sets of a stream, after which all early looks at it are over


def db(values):
    return ' / '.join(f'{value:.1f}' for value in values) + ' dB'


def highlights(bench):
    """Share of lost highlights that is back, exposures a known number of pixels apart."""
    shifts, border, kept = [0, 1, 2, 4, 8, 16], 24, {}
    found = 0
    for name, radiance in views.panoramas(bench.data):
        at = lambda n, k: np.roll(radiance, ((k - 1) * n // 2, (k - 1) * n), (0, 1))
        valid = np.zeros(radiance.shape[:2], bool)
        valid[border:-border, border:-border] = True
        detail = LostDetail([grey(p) for p in Bracket([radiance] * 3, 2.5, 0.5).clean()], REFERENCE, valid)
        if detail.shares().get('highlights', 0) < 0.5: continue
        for n in shifts:
            bracket = Bracket([at(n, k) for k in range(3)], 2.5, 0.5, seed=n)
            for kind, align in {'off': 'off', **KINDS}.items():
                fused = bench.fuse(bracket.exposures, align)
                kept.setdefault((kind, n), []).append(detail.score(grey(fused))['highlights'])
        found += 1
        if found == 5: break
    for kind in KINDS:
        shares = [float(np.mean(kept[kind, n])) for n in shifts]
        off = [float(np.mean(kept['off', n])) for n in shifts]
        text = lambda list_: '/'.join(f'{one:.0f}' for one in list_)
        yield (f'highlights back, {"/".join(map(str, shifts))} pixels apart, 1024x512, {found} scenes; {kind}', 'within 5 points of no shift',
               f'{text(shares)} % (off {text(off)})', min(shares) >= shares[0] - 5)


def rig(bench):
    """Three cameras, 20 pixels, 0.5 degrees and 1 % of scale apart, 1080p."""
    h, w, border = 1080, 1920, 48
    maps = [motion(w, h, 16, -12, 0.5, 1.01), np.eye(3), motion(w, h, -12, 16, -0.5, 0.99)]
    for name in SCENES[:2]:
        light = views.light(bench.data, name)
        bracket = Bracket([views.seen(light, h, m) for m in maps], 2.5)
        against = lambda picture: psnr(inner(picture, border), inner(bracket.truth, border))
        best = against(bench.fuse(bracket.still(), 'off'))
        off = against(bench.fuse(bracket.exposures, 'off'))
        for kind, align in KINDS.items():
            got = against(bench.fuse(bracket.exposures, align))
            yield f'rig of three, 20 pixels, 0.5 degrees, 1 %, {w}x{h}, {name}; {kind}', 'within 1 dB of lined up', f'{got:.1f} of {best:.1f} dB (off {off:.1f})', got >= best - 1


def pan(bench):
    """One camera that takes exposures in turns, still and panning."""
    w, h, top = 1280, 720, 180
    full = views.seen(views.light(bench.data, 'my_jin'), 1080)
    evs = views.exposure_values(full, 2.0)
    window = lambda x: np.ascontiguousarray(full[top:top + h, x:x + w])
    figures = {}
    for pixels in (0, 4, 12):
        auto, off, still, found = [], [], [], {}
        for n in range(SETTLED + 4):
            # From left to right, and between two sets back to where it began.
            xs = [24 + ((3 * n + k) * pixels) % 576 for k in range(3)]
            bracket = Bracket([window(x) for x in xs], evs=evs, seed=n)
            measured = n >= SETTLED
            fused = bench.stream(f'pan {pixels}', bracket.exposures, 'auto', one_camera=True, last=n == SETTLED + 3)
            if not measured or max(xs) - min(xs) > 100: continue
            found = bench.pixels
            auto.append(psnr(fused, bracket.truth))
            off.append(psnr(bench.fuse(bracket.exposures, 'off'), bracket.truth))
            still.append(psnr(bench.fuse(bracket.still(), 'off'), bracket.truth))
        figures[pixels] = [float(np.mean(one)) for one in (auto, off, still)]
        told = ', '.join(f'{found.get(name, 0):.1f}' for name in ('e0', 'e2'))
        got, asis, best = figures[pixels]
        yield f'alternating exposures, {w}x{h}, {pixels} pixels a frame', 'within 2 dB of the still camera', f'{got:.1f} of {best:.1f} dB (off {asis:.1f}); found {told}', got >= best - 2


def coinciding(bench):
    """A bracket that lines up already."""
    worst = {kind: 0.0 for kind in KINDS}
    for number, name in enumerate(SCENES):
        for noise in ('low', 'high'):
            bracket = Bracket([views.seen(views.light(bench.data, name), 540)] * 3, 2.0, noise=noise, seed=number)
            off = psnr(bench.fuse(bracket.exposures, 'off'), bracket.truth)
            for kind, align in KINDS.items():
                worst[kind] = max(worst[kind], abs(psnr(bench.fuse(bracket.exposures, align), bracket.truth) - off))
    for kind, most in worst.items():
        yield f'brackets that line up, 960x540, {2 * len(SCENES)}; {kind}', 'the same within 0.1 dB', f'at most {most:.2f} dB off', most <= 0.1


def hostile(bench):
    """Scenes that say nothing of where exposures lie, or the wrong thing."""
    h, w = 540, 960
    brackets = {name: Bracket([make(k, h, w) for k in range(3)], 2.0, noise=noise) for name, (make, noise) in views.HOSTILE.items()}
    light = views.light(bench.data, 'my_jin')
    black = Bracket([views.seen(light, h, motion(w, h, (k - 1) * 5, 0)) for k in range(3)], 2.0)
    black.exposures[0] = (np.random.default_rng(3).random(black.exposures[0].shape) < 0.3).astype(np.uint8)
    brackets['one exposure black'] = black
    for name, bracket in brackets.items():
        off = psnr(bench.fuse(bracket.exposures, 'off'), bracket.truth)
        for kind, align in KINDS.items():
            got = psnr(bench.fuse(bracket.exposures, align), bracket.truth)
            yield f'{name}, {w}x{h}; {kind}', 'at most 0.2 dB below off', f'{got:.1f} dB (off {off:.1f})', got >= off - 0.2


def moved(bench):
    """Moved pixels of the quality benchmark's scenes, at half their size."""
    gains, rows = {kind: [] for kind in KINDS}, []
    textures = functools.lru_cache(None)(lambda: sources.Textures(bench.data))
    half = lambda picture: cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    for index in range(len(scenes.SCENES)):
        recipe = scenes.ALL[index]
        frames, evs, rng = scenes.light(index, bench.data, textures())
        frames = [half(frame) for frame in frames]
        mask = scenes.moved(frames, frames[REFERENCE], evs[REFERENCE])
        camera = Shooter(recipe.camera, recipe.noise)
        exposures = [camera.shoot(frame, ev, rng) for frame, ev in zip(frames, evs)]
        aim = truth(frames[REFERENCE], camera, evs)
        off, *got = [psnr(bench.fuse(exposures, align), aim, mask) for align in ('off', *KINDS.values())]
        for kind, one in zip(KINDS, got): gains[kind].append((recipe.shake > 0, one - off))
        rows.append(f'{recipe.name} (shake {recipe.shake:g}) {off:.1f} -> {got[0]:.1f} / {got[1]:.1f}')
    bench.note('moved pixels, off -> streams / photographs, dB: ' + '; '.join(rows))
    for kind, list_ in gains.items():
        whole, shaken = np.mean([gain for _, gain in list_]), np.mean([gain for shakes, gain in list_ if shakes])
        yield f'moved pixels of {len(list_)} scenes, 1920x1080; {kind}', 'at least 1 dB more than off', f'{whole:+.2f} dB ({shaken:+.2f} where the camera moves)', whole >= 1


def real(bench):
    """Real brackets, fused as they are given and lined up before. They are judged as lined up by whichever of SIFT with ECC and the product agrees more
    with the reference: what was lost in the reference is nowhere in it, and a donor that lies two pixels off finds no detail in the best of pictures."""
    for folder in sorted(glob.glob(os.path.join(bench.data, 'free/brackets/*')) + glob.glob(os.path.join(bench.data, 'measure-only/*ic/*'))):
        name = os.path.basename(folder)
        if bench.only_bracket not in name: continue
        small = [reduced(cv2.imread(os.path.join(folder, f'{k}.jpg'))) for k in range(3)]
        h, w = small[0].shape[0] // 2 * 2, small[0].shape[1] // 8 * 8
        small = [np.ascontiguousarray(picture[:h, :w]) for picture in small]
        fused = bench.fuse(small, 'each')
        lined_up, valid, told = best_of(small, bench.maps)
        detail = LostDetail([grey(p) for p in lined_up], REFERENCE, valid)
        before, off = (detail.score(grey(bench.fuse(exposures, 'off'))) for exposures in (lined_up, small))
        given = detail.score(grey(fused))
        kinds = [kind for kind in ('highlights', 'shadows') if kind in given]
        text = ''.join(f'{kind} {given[kind]:.0f} of {before[kind]:.0f} (off {off[kind]:.0f}, {detail.shares()[kind]:.1f} % of the picture); ' for kind in kinds)
        met = all(given[kind] >= before[kind] - 5 for kind in kinds) and given['kept'] >= 97
        yield f'{name}, {told}', 'within 5 points of lined up, 97 kept', f'{text}kept {given["kept"]:.1f} % (off {off["kept"]:.1f})', met


def best_of(pictures, ours):
    """@returns the exposures lined up by the better map each, where all of them are, and whose maps these were"""
    codes = [grey(picture) for picture in pictures]
    h, w = codes[REFERENCE].shape
    out, covered, told = list(pictures), np.ones((h, w), np.uint8), []
    for k, picture in enumerate(pictures):
        if k == REFERENCE: continue
        maps = [judge.sift_ecc(codes[k], codes[REFERENCE]), np.float64(ours[k] or np.eye(3).ravel()).reshape(3, 3)]
        agreements, _ = judge.agreement(codes[REFERENCE], codes[k], maps)
        best = maps[int(np.argmax(agreements))]
        flags = cv2.WARP_INVERSE_MAP
        out[k] = cv2.warpPerspective(picture, best, (w, h), flags=cv2.INTER_CUBIC | flags, borderMode=cv2.BORDER_REFLECT)
        covered &= cv2.warpPerspective(np.ones((h, w), np.uint8), best, (w, h), flags=cv2.INTER_NEAREST | flags)
        told.append(f'{judge.apart(best, np.eye(3), w, h):.1f} px (agreement of SIFT {agreements[0]:.3f}, ours {agreements[1]:.3f}, {judge.apart(*maps, w, h):.1f} px apart)')
    valid = cv2.erode(covered, np.ones((line_up.BORDER[0],) * 2)) > 0
    edge = int(line_up.BORDER[1] * max(h, w))
    inside = np.zeros_like(valid)
    inside[edge:-edge, edge:-edge] = True
    return out, valid & inside, ', '.join(told)


def jitter(bench):
    """A rig at rest, of which each set is noisy in another way."""
    h, w = 540, 960
    light = views.light(bench.data, 'll_own1')
    bracket = Bracket([views.seen(light, h, m) for m in (motion(w, h, 6.3, -3.4, 0.2), np.eye(3), motion(w, h, -4.6, 2.5))], 2.0, noise='high')
    found = []
    for n in range(100):
        bench.stream('jitter', bracket.shoot(), 'auto', last=n == 99)
        if n >= SETTLED: found.append([bench.pixels.get(name, 0) for name in ('e0', 'e2')])
    spread = np.std(found, 0).max()
    yield f'offsets of a still scene with noise, {w}x{h}', 'vary by less than 0.05 pixel', f'{spread:.3f} of {np.mean(found, 0).max():.1f} pixels', spread < 0.05 and np.min(found) > 1


def fuzz(bench):
    """Random brackets: whatever comes, lined up is no worse than as it is. Told apart: what is tone, which a curve for the whole picture evens out."""
    worse, gains, below = {kind: [] for kind in KINDS}, {kind: [] for kind in KINDS}, 0
    for seed in bench.seeds:
        made = RandomBracket(bench.data, seed)
        bracket = made.bracket
        off, still = (bench.fuse(exposures, 'off') for exposures in (bracket.exposures, bracket.still()))
        asis, best = psnr(off, bracket.truth), psnr(still, bracket.truth)
        below += best < asis - 0.2
        for kind, align in KINDS.items():
            fused = bench.fuse(bracket.exposures, align)
            got = psnr(fused, bracket.truth)
            gains[kind].append(got - asis)
            if got >= asis - 0.2: continue
            even = [psnr(evened(picture, bracket.truth), bracket.truth) for picture in (off, fused, still)]
            worse[kind].append(f'{seed} ({made}): {got:.1f} dB (off {asis:.1f}, coinciding {best:.1f}), in the truth\'s tone {even[1]:.1f} ({even[0]:.1f}, {even[2]:.1f})')
            print(worse[kind][-1], bench.pixels, flush=True)
    for kind in KINDS:
        yield (f'{len(bench.seeds)} random brackets; {kind}', 'at most 0.2 dB below off',
               f'{np.mean(gains[kind]):+.2f} dB, {min(gains[kind]):+.2f} at worst, {len(worse[kind])} below (exposures that coincide {below})', not worse[kind])
        if worse[kind]: bench.note(f'{kind}: ' + '; '.join(worse[kind]))


def evened(picture, like):
    """Through a curve for each colour that brings it nearest to another."""
    out = np.empty_like(picture)
    for colour in range(3):
        x, y = picture[..., colour].astype(np.float64).ravel() / 255, like[..., colour].astype(np.float64).ravel()
        out[..., colour] = np.clip(np.polyval(np.polyfit(x, y, 5), x), 0, 255).round().astype(np.uint8).reshape(picture.shape[:2])
    return out


CASES = {case.__name__: case for case in (highlights, rig, pan, coinciding, hostile, moved, real, jitter, fuzz)}
