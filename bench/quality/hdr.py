"""The HDR merge against the light that was there: `npm run bench:quality -- --hdr`.

The benchmark's scenes, seen by cameras whose curve is known (sRGB or BT.709, 8 or 10 bits, 4:2:0) at about -2, 0 and +2 EV; what
they are exactly the product has to find out. It gives PQ, which is taken back to light and compared in PU21 (Mantiuk, Azimi 2021).
"""
import argparse
import json
import os
import sys

import cv2
import numpy as np

import scenes
import sources
from cameras import NOISE, bt709, srgb
from fuser import ask
from jod import jod, library

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
WHITE, PEAK = 203.0, 1000.0  # cd/m2
GAP = 2.0
# BT.709 to BT.2020, linear (BT.2087), of R, G, B.
TO_2020 = np.array([[.6274, .3293, .0433], [.0691, .9195, .0114], [.0164, .0880, .8956]], np.float32)
LUMA_2020 = np.array([.2627, .6780, .0593], np.float32)
CURVES = {'srgb': srgb, 'bt709': bt709}
# The quality benchmark's scenes, with their motion and noise: (index of scenes.ALL's name, curve, bits).
TABLE = [('library-a', 'srgb', 8), ('toys-a', 'srgb', 10), ('street-a', 'srgb', 8), ('park-a', 'srgb', 8),
         ('toys-b', 'srgb', 8), ('street-c', 'srgb', 10), ('park-b', 'srgb', 8), ('library-b', 'srgb', 10)]


def pu21(light):
    """cd/m2 -> perceptually uniform: banding and glare (gfxdisp/pu21)"""
    p = [0.353487901, 0.3734658629, 8.277049286e-05, 0.9062562627, 0.09150303166, 0.9099517204, 596.3148142]
    power = np.clip(light, 0.005, 10000) ** p[3]
    return p[6] * (((p[0] + p[1] * power) / (1 + p[2] * power)) ** p[4] - p[5])


def pu_psnr(got, truth, mask=None):
    """Of luminance in cd/m2; 256 is what 100 cd/m2 are in PU21."""
    error = (pu21(got) - pu21(truth)) ** 2
    return float(10 * np.log10(256 ** 2 / max(1e-9, (error if mask is None else error[mask]).mean())))


def mu_psnr(got, truth, mu=5000):
    curve = lambda light: np.log1p(mu * np.clip(light / PEAK, 0, 1)) / np.log1p(mu)
    return float(-10 * np.log10(max(1e-12, ((curve(got) - curve(truth)) ** 2).mean())))


def pq_light(code):
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = np.clip(code, 0, 1) ** (1 / m2)
    return 10000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)


def pq_code(light):
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = (np.maximum(light, 0) / 10000) ** m1
    return ((c1 + c2 * power) / (1 + c3 * power)) ** m2


def subsampled(light):
    """The truth itself, in PQ of 10 bits with halved chroma: what no merge can better."""
    code = pq_code(light)
    luma = np.round(876 * (code @ LUMA_2020)) / 876
    h, w = luma.shape
    halved = lambda plane: np.repeat(np.repeat(cv2.resize(plane.astype(np.float32), (w // 2, h // 2), interpolation=cv2.INTER_AREA), 2, 0), 2, 1)
    r, b = luma + halved(code[..., 0] - luma), luma + halved(code[..., 2] - luma)
    return pq_light(np.stack([r, (luma - .2627 * r - .0593 * b) / .678, b], -1))


def shoot(light, ev, curve, noise, bits, rng):
    """RGB light -> I420 of 8 bits or I420_10LE, BT.709 in limited range: bytes"""
    well, read = NOISE[noise]
    exposed = light * np.float32(2 ** ev)
    if well:
        exposed = exposed + np.sqrt(np.clip(exposed, 0, 1) / well + read ** 2) * rng.standard_normal(exposed.shape, dtype=np.float32)
    code = CURVES[curve](np.clip(exposed, 0, 1)).astype(np.float32)
    luma = code @ np.float32([.2126, .7152, .0722])
    h, w = luma.shape
    quarter = lambda plane: cv2.resize(plane, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
    planes = [16 + 219 * luma, 128 + 224 * quarter((code[..., 2] - luma) / 1.8556), 128 + 224 * quarter((code[..., 0] - luma) / 1.5748)]
    step, kind = (1, np.uint8) if bits == 8 else (4, np.uint16)
    return b''.join(np.clip(plane * step + 0.5, 0, 256 * step - 1).astype(kind).tobytes() for plane in planes)


def merge(payloads, h, w, bits, ev, curve, align=True):
    """@returns (light of BT.2020 in cd/m2, EV as measured)"""
    header = {'width': w, 'height': h, 'bits': bits, 'ev': ev, 'curve': curve, 'peak': PEAK, 'referenceWhite': WHITE, 'align': align}
    info, merged = ask(header, payloads)
    codes = np.frombuffer(merged, np.uint16).astype(np.float32)
    luma = (codes[:h * w].reshape(h, w) - 64) / 876
    whole = lambda plane: np.repeat(np.repeat(plane.reshape(h // 2, w // 2), 2, 0), 2, 1)
    blue, red = (whole((codes[h * w + k * h * w // 4:][:h * w // 4] - 512) / 896) for k in (0, 1))
    r, b = luma + 1.4746 * red, luma + 1.8814 * blue
    return pq_light(np.stack([r, (luma - .2627 * r - .0593 * b) / .678, b], -1)), info['ev']


def evs_of(background, rng):
    """About -2, 0, 2 around what the meter says; up to a tenth off."""
    middle = np.log2(scenes.METER / np.exp(np.log(sources.luminance(background) + 1e-4).mean()))
    return middle + np.array([-GAP, 0, GAP]) * np.array([rng.uniform(0.93, 1.07), 0, rng.uniform(0.93, 1.07)])


def reduced(frame, share):
    return frame if share == 1 else cv2.resize(frame, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)


def run(name, curve, bits, args, textures):
    index = next(i for i, recipe in enumerate(scenes.ALL) if recipe.name == name)
    frames, _, rng = scenes.light(index, args.data, textures)
    frames = [np.ascontiguousarray(reduced(frame, args.share)[..., ::-1]) for frame in frames]
    seen = frames[1]
    evs = evs_of(seen[..., ::-1], rng)
    h, w = seen.shape[:2]
    colours = np.clip(seen * np.float32(2 ** evs[1] * WHITE), 0, PEAK) @ TO_2020.T
    truth = colours @ LUMA_2020
    wanted = pq_code(colours) if args.judge else None
    moved = scenes.moved([np.ascontiguousarray(f) for f in frames], seen, evs[1]) > 0
    noise, rows = scenes.ALL[index].noise, []
    # What the darkest exposure can show; above, nobody can know.
    known = truth < 0.8 * WHITE * 2 ** (evs[1] - evs[0])
    middle = shoot(seen, evs[1], curve, noise, bits, rng)
    for group in ('moving', 'still'):
        others = [frames[k] if group == 'moving' else seen for k in (0, 2)]
        payloads = [shoot(others[0], evs[0], curve, noise, bits, rng), middle, shoot(others[1], evs[2], curve, noise, bits, rng)]
        for method, given, declared in (('merged', payloads, [-GAP, 0, GAP]), ('middle', [middle], [0])):
            light, found = merge(given, h, w, bits, declared, curve)
            shown = light @ LUMA_2020
            row = {'scene': name, 'group': group, 'method': method, 'curve': curve, 'bits': bits, 'noise': noise,
                   'puPsnr': pu_psnr(shown, truth), 'muPsnr': mu_psnr(shown, truth), 'puPsnrKnown': pu_psnr(shown, truth, known)}
            if args.judge:
                row['jod'] = jod(args.judge, pq_code(light), wanted)
            if group == 'moving' and moved.any():
                row['puPsnrMoved'] = pu_psnr(shown, truth, moved)
            if method == 'merged':
                row['ratioError'] = float(max(abs(2 ** (np.array(found) - (evs - evs[1])) - 1)))
                lit = (truth > 160) & (truth < 260)
                row['whiteError'] = float(np.median(shown[lit] / truth[lit]) - 1) if lit.sum() > 500 else None
            rows.append(row)
    shown = subsampled(colours) @ LUMA_2020
    rows.append({'scene': name, 'group': 'still', 'method': '4:2:0', 'curve': curve, 'bits': bits, 'noise': noise,
                 'puPsnr': pu_psnr(shown, truth), 'muPsnr': mu_psnr(shown, truth), 'puPsnrKnown': pu_psnr(shown, truth, known)})
    return rows


def main():
    parser = argparse.ArgumentParser(prog='npm run bench:quality -- --hdr', description=__doc__)
    parser.add_argument('--hdr', action='store_true', required=True)
    parser.add_argument('--scene', nargs='+', help='only these')
    parser.add_argument('--share', type=float, default=1, help='of the sides; 1 is 3840x2160')
    parser.add_argument('--json', metavar='FILE')
    parser.add_argument('--data', default=os.path.join(ROOT, '..', 'shared', 'data'))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    args.judge, why = library()
    if why:
        print(why, flush=True)
    textures, rows = sources.Textures(args.data), []
    for name, curve, bits in TABLE:
        if args.scene and name not in args.scene:
            continue
        mine = run(name, curve, bits, args, textures)
        rows += mine
        for row in mine:
            text = ' '.join(f'{key} {value:.4g}' for key, value in row.items() if isinstance(value, float))
            print(f"{row['scene']:10} {row['group']:7} {row['method']:7} {row['bits']:2} bits, noise {row['noise']:5} {text}", flush=True)
    print()
    for group in ('still', 'moving'):
        for method in ('merged', 'middle', '4:2:0'):
            chosen = [row for row in rows if row['group'] == group and row['method'] == method]
            if chosen:
                whole, known = ([row[key] for row in chosen] for key in ('puPsnr', 'puPsnrKnown'))
                print(f'{group:7} {method:7} PU21-PSNR mean {np.mean(whole):.1f}, least {min(whole):.1f} dB; '
                      f'up to the light that the darkest shows: {np.mean(known):.1f}, {min(known):.1f} dB')
                judged = [row['jod'] for row in chosen if 'jod' in row]
                if judged:
                    print(f'{group:7} {method:7} ColorVideoVDP mean {np.mean(judged):.2f}, least {min(judged):.2f} JOD')
    errors = [row['ratioError'] for row in rows if 'ratioError' in row]
    if errors:
        print(f'ratios: median error {100 * np.median(errors):.2f} %, worst {100 * max(errors):.2f} %')
    if args.json:
        with open(args.json, 'w') as file:
            json.dump(rows, file, indent=2)
            file.write('\n')


if __name__ == '__main__':
    sys.exit(main())
