"""How well exposures are lined up: rendered brackets of a known motion, and real ones against SIFT and ECC.

usage: python3 bench/align/judge.py [--data ../shared/data] [--cache FOLDER] [--seeds N] [--list 0,7] [--only NAME] [--json FILE] rendered|real ...
needs:  python3-numpy python3-opencv

rendered  radiance of the quality benchmark, three exposures 2 to 4 EV apart through its cameras and noises, shaken by --pixels and
          --degrees (sigma): error of the map at the picture's worst corner
real      brackets, reduced to 1920 pixels: how far the map is from identity and from SIFT, RANSAC and ECC, and how well the pictures
          agree (correlation in 15x15 where both show texture) as they are, by ours and by the peer's. Nothing of it is kept in git
"""
import argparse, glob, json, os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'quality'))
import cv2
import numpy as np
import cameras, sources
from held_out import HELD_OUT_PHOTOS, HELD_OUT_RADIANCE

cv2.setNumThreads(1)


class Finder:
    """The product's search, in a process of its own."""

    def __init__(self):
        root = os.path.join(HERE, '..', '..')
        self.process = subprocess.Popen(['node', '-r', './scripts/typescript.js', 'bench/align/service.ts'], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = tempfile.TemporaryDirectory()

    def find(self, planes, reference):
        h, w = planes[0].shape
        files = []
        for k, plane in enumerate(planes):
            files.append(os.path.join(self.folder.name, f'{k}.gray'))
            np.ascontiguousarray(plane).tofile(files[-1])
        self.process.stdin.write(json.dumps({'width': w, 'height': h, 'reference': reference, 'planes': files}) + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def luma(bgr):
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)


def corners(w, h):
    return np.float64([[[0, 0]], [[w - 1, 0]], [[0, h - 1]], [[w - 1, h - 1]]])


def moved(m, w, h):
    return cv2.perspectiveTransform(corners(w, h), np.float64(m).reshape(3, 3))[:, 0]


def apart(a, b, w, h):
    """Largest distance of two maps at the corners, in pixels."""
    return float(np.hypot(*(moved(a, w, h) - moved(b, w, h)).T).max())


def shake(rng, w, h, pixels, degrees, perspective=0.0, scale=0.0):
    """Reference pixels -> an exposure's pixels."""
    a = np.radians(rng.normal(0, degrees))
    s = 1 + rng.normal(0, scale) if scale else 1
    c = np.array([[1, 0, -(w - 1) / 2], [0, 1, -(h - 1) / 2], [0, 0, 1]])
    turn = np.array([[s * np.cos(a), -s * np.sin(a), 0], [s * np.sin(a), s * np.cos(a), 0], [*(rng.normal(0, perspective, 2) if perspective else (0, 0)), 1]])
    shift = np.array([[1, 0, rng.normal(0, pixels)], [0, 1, rng.normal(0, pixels)], [0, 0, 1]])
    return shift @ np.linalg.inv(c) @ turn @ c


CURVES = list(cameras.CAMERAS)


def render(data, name, seed, height, pixels, degrees, gap):
    rng = np.random.default_rng(seed)
    width = height * 16 // 9
    radiance = sources.radiance(data, name, rng, False)
    m = sources.MARGIN
    k = height / sources.HEIGHT
    camera = CURVES[seed % len(CURVES)]
    shooter = cameras.Shooter(camera, ['none', 'low', 'mid', 'high'][seed // 2 % 4])
    level = np.exp(np.log(sources.luminance(radiance) + 1e-4).mean())
    middle = np.log2(0.2 / level)
    pictures, maps = [], []
    scale = np.array([[k, 0, (k - 1) / 2], [0, k, (k - 1) / 2], [0, 0, 1]])
    cut = np.array([[1, 0, -m], [0, 1, -m], [0, 0, 1.]])
    for index, ev in enumerate((-gap, 0, gap)):
        motion = np.eye(3) if index == 1 else shake(rng, width, height, pixels, degrees, degrees * 1e-5)
        # Sharp as the reference: both are made at full size by Lanczos, then reduced.
        full = np.linalg.inv(scale) @ motion @ scale @ cut
        seen = cv2.warpPerspective(radiance, full, (sources.WIDTH, sources.HEIGHT), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)
        np.maximum(seen, 0, out=seen)
        if k != 1: seen = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
        pictures.append(shooter.shoot(seen, middle + ev, rng))
        maps.append(motion)
    return {'grey': [luma(p) for p in pictures], 'maps': maps, 'camera': camera}


def box(a):
    return cv2.boxFilter(a, -1, (15, 15), borderType=cv2.BORDER_REFLECT)


def agreement(reference, exposure, maps):
    """Mean local correlation of each map's picture with the reference, over places that all maps cover, that have texture and are not clipped."""
    h, w = reference.shape
    r = reference.astype(np.float32)
    mr = box(r); vr = np.maximum(box(r * r) - mr * mr, 0)
    where = (mr > 12) & (mr < 243) & (vr > 9)
    scores = []
    for m in maps:
        e = cv2.warpPerspective(exposure, np.float64(m).reshape(3, 3), (w, h), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT).astype(np.float32)
        cover = cv2.warpPerspective(np.ones((h, w), np.uint8), np.float64(m).reshape(3, 3), (w, h), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
        me = box(e); ve = np.maximum(box(e * e) - me * me, 0)
        where &= (cover > 0) & (me > 6) & (me < 247) & (ve > 2)
        scores.append((box(r * e) - mr * me) / np.sqrt(np.maximum(vr * ve, 1e-3)))
    return [float(np.clip(s[where], 0, 1).mean()) if where.any() else 0.0 for s in scores], float(where.mean())


def even(gray):
    return cv2.createCLAHE(3.0, (8, 8)).apply(cv2.equalizeHist(gray))


def sift_ecc(exposure, reference):
    """The peer: SIFT, RANSAC, ECC. Reference pixels -> exposure pixels."""
    h, w = reference.shape
    a, b = even(exposure), even(reference)
    sift = cv2.SIFT_create(3000, contrastThreshold=0.02)
    (ka, da), (kb, db) = sift.detectAndCompute(a, None), sift.detectAndCompute(b, None)
    good = [p for p, q in cv2.BFMatcher().knnMatch(db, da, k=2) if p.distance < .75 * q.distance]
    m = np.eye(3)
    if len(good) >= 12:
        found, _ = cv2.findHomography(np.float32([kb[g.queryIdx].pt for g in good]), np.float32([ka[g.trainIdx].pt for g in good]), cv2.RANSAC, 2.0)
        m = found if found is not None else m
    mask = ((b > 8) & (b < 248)).astype(np.uint8)
    blur = lambda g: cv2.GaussianBlur(g, (0, 0), 1.5).astype(np.float32)
    try:
        _, t = cv2.findTransformECC(blur(b), blur(a), m.astype(np.float32), cv2.MOTION_HOMOGRAPHY, (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 1e-4), mask, 3)
        reach = lambda x: apart(x, np.eye(3), w, h)
        if abs(reach(t) - reach(m)) < 3 + .2 * reach(m): m = t
    except cv2.error:
        pass
    return m


def kept(args, name, make):
    """What `make` gives, from the cache where there is one."""
    if not args.cache: return make()
    path = os.path.join(args.cache, name + '.npz')
    if not os.path.exists(path):
        os.makedirs(args.cache, exist_ok=True)
        np.savez(path, **make())
    return np.load(path)


def real(args, finder):
    rows = []
    folders = sorted(glob.glob(os.path.join(args.data, 'free/brackets/*')) + glob.glob(os.path.join(args.data, 'measure-only/*ic/*')))
    for folder in folders:
        name = os.path.basename(folder)
        if args.only and args.only not in name: continue
        ims = [luma(cv2.imread(f'{folder}/{k}.jpg')) for k in range(3)]
        k = min(1, 1920 / max(ims[0].shape))
        if k < 1: ims = [cv2.resize(i, None, fx=k, fy=k, interpolation=cv2.INTER_AREA) for i in ims]
        answer = finder.find(ims, 1)
        h, w = ims[1].shape
        for e in (0, 2):
            got = answer['found'][e]
            peer = kept(args, f'peer-{name}-{e}', lambda: {'map': sift_ecc(ims[e], ims[1])})['map']
            m = got.get('map') or np.eye(3).ravel()
            (asis, ours, theirs), share = agreement(ims[1], ims[e], [np.eye(3), m, peer])
            rows.append(dict(name=name, exposure=e, apart=apart(m, peer, w, h), ours=apart(m, np.eye(3), w, h), peer=apart(peer, np.eye(3), w, h), agreement=[asis, ours, theirs]))
            print(f"{name:22s} {e} {w}x{h} ours {rows[-1]['ours']:6.2f} px, SIFT+ECC {rows[-1]['peer']:6.2f}, apart {rows[-1]['apart']:6.2f}; agreement as-is {asis:.4f}, ours {ours:.4f}, SIFT+ECC {theirs:.4f} on {share:.2f}", '<' if ours < theirs - .001 else '', flush=True)
            print('      ', told(got), f"{answer['ms']:.0f} ms", flush=True)
    return rows


def told(got):
    a = got['agreement']
    return f"deviation {got['deviation'] if got['deviation'] is not None else np.inf:.2f} tiles {a['tiles']} as-is {a['asIs']:.3f} lined up {a['linedUp']:.3f} ({a['certainty']:.1f}) {got.get('reason', '')}"


def rendered(args, finder):
    names = [*HELD_OUT_RADIANCE, *HELD_OUT_PHOTOS]
    rows = []
    for seed in [int(s) for s in args.list.split(',')] if args.list else range(args.seeds):
        name = names[seed % len(names)]
        gap = [2, 3, 4][seed % 3]
        made = kept(args, f'r-{args.height}-{args.pixels}-{args.degrees}-{seed}', lambda: render(args.data, name, seed, args.height, args.pixels, args.degrees, gap))
        grey, maps, camera = list(made['grey']), list(made['maps']), str(made['camera'])
        answer = finder.find(grey, 1)
        h, w = grey[1].shape
        for e in (0, 2):
            got = answer['found'][e]
            m = got.get('map') or np.eye(3).ravel()
            rows.append(dict(name=name, seed=seed, exposure=e, error=apart(m, maps[e], w, h), moved=apart(maps[e], np.eye(3), w, h)))
            print(f"{seed:3d} {name:30s} {camera:8s} gap {gap} e{e} moved {rows[-1]['moved']:6.2f} error {rows[-1]['error']:7.3f} {told(got)} {answer['ms']:.0f} ms", flush=True)
    errors = [r['error'] for r in rows]
    print(f'corner error: median {np.median(errors):.3f}, 90 % {np.percentile(errors, 90):.3f}, worst {max(errors):.3f} px; over 1 px: {sum(e > 1 for e in errors)} of {len(errors)}')
    return rows


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('what', nargs='+')
    parser.add_argument('--data', default=os.path.join(HERE, '..', '..', '..', 'shared', 'data'))
    parser.add_argument('--seeds', type=int, default=16)
    parser.add_argument('--height', type=int, default=1080)
    parser.add_argument('--pixels', type=float, default=8)
    parser.add_argument('--degrees', type=float, default=.4)
    parser.add_argument('--list', default='')
    parser.add_argument('--only', default='')
    parser.add_argument('--cache', default='')
    parser.add_argument('--json', default='')
    args = parser.parse_args()
    finder = Finder()
    figures = {what: {'rendered': rendered, 'real': real}[what](args, finder) for what in args.what}
    if args.json:
        with open(args.json, 'w') as file: json.dump(figures, file)
