"""Checks the metrics, the planes and the peers against independent implementations, values worked out by hand, and values
that the authors' own programs gave. `npm run bench:quality -- --selftest`; small pictures, about ten seconds.

The authors' MATLAB code (MEF-SSIM as in the database's 2015 release, MEF-SSIMd of github.com/h4nwei/MEF-SSIMd) was run in
Octave 7.3 on the pictures of selfpictures.py; RECORDED holds what it gave.
"""
import os
import re
import subprocess
import tempfile

import cv2
import numpy as np

import mef_ssim
import mef_ssimd
import metrics
import peers
import planes
import selfpictures
import selftest_detail

RECORDED = {
    'MEF-SSIM': {'mertens': 0.9687637626, 'middle': 0.9350507889, 'damaged': 0.8882723284},
    'MEF-SSIMd': {'mertens': 0.8454900501, 'middle': 0.9566502165, 'damaged': 0.8121257661},
}
# Mean and deviation of fused luma from the authors' code and weights (PyTorch; of extended fusion MATLAB, in Octave), on
# exposures(height=256, width=320).
RECORDED_PEERS = {'MEF-Net': (0.504479, 0.128494), 'MEFLUT': (0.483725, 0.080543), 'extended fusion': (0.452141, 0.145882)}


def close(what, value, wanted, tolerance):
    """@returns whether it holds; prints one line."""
    good = value is not None and abs(value - wanted) <= tolerance
    print(f'{"ok  " if good else "FAIL"} {what}: {value:.6f}, wanted {wanted:.6f} within {tolerance:g}')
    return good


def slow_ssim(a, b):
    """SSIM window by window, from the formula."""
    g = np.exp(-((np.arange(11) - 5.0) ** 2) / (2 * 1.5 ** 2))
    window = np.outer(g, g) / np.outer(g, g).sum()
    a, b = (p.astype(np.float64) @ [0.0722, 0.7152, 0.2126] for p in (a, b))
    values = []
    for y in range(a.shape[0] - 10):
        for x in range(a.shape[1] - 10):
            p, q = a[y:y + 11, x:x + 11], b[y:y + 11, x:x + 11]
            mp, mq = (window * p).sum(), (window * q).sum()
            vp, vq = (window * (p - mp) ** 2).sum(), (window * (q - mq) ** 2).sum()
            both = (window * (p - mp) * (q - mq)).sum()
            values.append((2 * mp * mq + 6.5025) * (2 * both + 58.5225) / ((mp ** 2 + mq ** 2 + 6.5025) * (vp + vq + 58.5225)))
    return np.mean(values)


def slow_mef_ssim(exposures, fused):
    """MEF-SSIM patch by patch, from the paper."""
    images, image, total = [mef_ssim.grey(e).astype(float) for e in exposures], mef_ssim.grey(fused).astype(float), 1.0
    g = np.exp(-((np.arange(11) - 5.0) ** 2) / (2 * 1.5 ** 2))
    window = np.outer(g, g) / np.outer(g, g).sum()
    for weight in np.array([0.0448, 0.2856, 0.3001]) / 0.6305:
        values = []
        for y in range(image.shape[0] - 10):
            for x in range(image.shape[1] - 10):
                cut = np.s_[y:y + 11, x:x + 11]
                patches = [i[cut] - i[cut].mean() for i in images]
                lengths = [np.linalg.norm(p) for p in patches]
                agreement = min((np.linalg.norm(sum(patches)) + 1e-16) / (sum(lengths) + 1e-16), 1 - 1e-16)
                power = min(np.tan(np.pi / 2 * agreement), 10)
                weights = np.array([((n + 1e-3) / 11) ** power + 1e-16 for n in lengths])
                mean = sum(w * p / (n + 1e-3) for w, p, n in zip(weights / weights.sum(), patches, lengths))
                wanted = mean / max(np.linalg.norm(mean), 1e-300) * (max(lengths) + 1e-3)
                mw, mf = (window * wanted).sum(), (window * image[cut]).sum()
                vw, vf = (window * (wanted - mw) ** 2).sum(), (window * (image[cut] - mf) ** 2).sum()
                both = (window * (wanted - mw) * (image[cut] - mf)).sum()
                values.append((2 * both + 58.5225) / (vw + vf + 58.5225))
        total *= np.mean(values) ** weight
        images, image = ([mean_of_four(i) for i in images], mean_of_four(image))
    return total


def mean_of_four(x):
    x = np.pad(x, ((0, x.shape[0] % 2), (0, x.shape[1] % 2)), mode='symmetric')
    return x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2).mean((1, 3))


def ffmpeg(name, a, b):
    """What ffmpeg's filter of that name says of two pictures."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f'{k}.png') for k in range(2)]
        for path, picture in zip(paths, (a, b)):
            cv2.imwrite(path, picture)
        run = subprocess.run(['ffmpeg', '-hide_banner', '-i', paths[0], '-i', paths[1], '-lavfi',
                              f'[0]format=gbrp[a];[1]format=gbrp[b];[a][b]{name}', '-f', 'null', '-'], capture_output=True, text=True)
    found = re.search(r'average:([\d.]+)' if name == 'psnr' else r'All:([\d.]+)', run.stderr)
    return float(found.group(1)) if found else None


def check_metrics():
    picture = selfpictures.exposures()[1]
    worse = selfpictures.damaged(picture)
    small, small_worse = picture[40:85, 40:90], worse[40:85, 40:90]
    yield close('PSNR of a difference of 5 codes, 20 lg(255/5)', metrics.psnr(np.full((9, 9, 3), 5, np.uint8), np.zeros((9, 9, 3), np.uint8)), 34.151404, 1e-5)
    where = np.zeros((9, 9), np.uint8)
    where[:3] = 255
    spot = np.where(where[..., None] > 0, 5, 0).astype(np.uint8).repeat(3, 2)
    yield close('PSNR where the mask is', metrics.psnr(spot, np.zeros((9, 9, 3), np.uint8), where), 34.151404, 1e-5)
    yield close('SSIM against the formula, window by window', metrics.ssim(small, small_worse), slow_ssim(small, small_worse), 1e-6)
    yield close('SSIM over several strips', metrics.ssim(picture, worse), slow_ssim(picture, worse), 1e-6)
    yield close('SSIM of a picture with itself', metrics.ssim(picture, picture), 1, 1e-6)
    if subprocess.run(['which', 'ffmpeg'], capture_output=True).returncode == 0:
        yield close("PSNR against ffmpeg's", metrics.psnr(worse, picture), ffmpeg('psnr', worse, picture), 1e-4)
        grey = lambda p: np.rint(metrics.luma(p)).astype(np.uint8)[..., None].repeat(3, 2)
        # ffmpeg's windows are 8x8 without weights, so it only has to be near.
        yield close("SSIM near ffmpeg's", metrics.ssim(grey(worse), grey(picture)), ffmpeg('ssim', grey(worse), grey(picture)), 0.03)
    ramp = [np.full((128, 128), v, np.uint8) for v in (10, 12, 11, 11)]  # second differences -3 and 1
    yield close('flicker of 10, 12, 11, 11', metrics.flicker(ramp)['pixels'], 2, 1e-9)
    board = (np.indices((128, 128)).sum(0) % 2 * 4).astype(np.uint8)  # flickers pixel by pixel, not as a whole
    shown = metrics.flicker([board, 4 - board, board])
    yield close('flicker of a checkerboard that turns over', shown['pixels'], 8, 1e-9)
    yield close('pumping of the same', shown['blocks'], 0, 1e-6)


def check_mef():
    bracket = selfpictures.exposures()
    middle, fused = bracket[1], {'mertens': peers.mertens(bracket), 'middle': bracket[1], 'damaged': selfpictures.damaged(bracket[1])}
    small = [e[30:80, 30:90] for e in bracket]
    prepared = mef_ssim.MefSsim(bracket)
    yield close('MEF-SSIM against the formula, patch by patch', mef_ssim.MefSsim(small).score(fused['damaged'][30:80, 30:90]),
                slow_mef_ssim(small, fused['damaged'][30:80, 30:90]), 1e-9)
    yield close('MEF-SSIM of three equal exposures with one of them', mef_ssim.MefSsim([middle] * 3).score(middle), 1, 1e-6)
    dim = np.clip(middle, 0, 235)
    yield close('MEF-SSIM does not see brightness', prepared.score(dim + 20), prepared.score(dim), 1e-9)
    for name, wanted in RECORDED['MEF-SSIM'].items():
        yield close(f"MEF-SSIM, {name}, against the authors' code", prepared.score(fused[name]), wanted, 1e-6)
    moving = selfpictures.exposures(moving=True)
    prepared = mef_ssimd.MefSsimD(moving)
    fused = {'mertens': peers.mertens(moving), 'middle': moving[1], 'damaged': selfpictures.damaged(moving[1])}
    for name, wanted in RECORDED['MEF-SSIMd'].items():
        yield close(f"MEF-SSIMd, {name}, against the authors' code", prepared.score(fused[name]), wanted, 3e-4)
    prepared.score(moving[1])
    yield close('MEF-SSIMd: an exposure keeps all of what moves', float(prepared.moving_score > 0.98), 1, 0)
    still = mef_ssimd.MefSsimD([middle] * 3)
    yield close('MEF-SSIMd: nothing moves in equal exposures', still.score(middle), 1, 1e-6)


def check_planes():
    colours = np.uint8([[[255, 255, 255], [0, 0, 255]], [[0, 255, 0], [0, 0, 0]]]).repeat(8, 0).repeat(8, 1)
    data = np.frombuffer(planes.to_i420(colours), np.uint8)
    y, u, v = data[:256].reshape(16, 16), data[256:320].reshape(8, 8), data[320:].reshape(8, 8)
    yield close('luma of red: 255 * 0.2126', float(y[0, 12]), 54, 0)
    yield close('Cb of red: 128 - 255 * 0.2126 / 1.8556', float(u[0, 6]), 99, 0)
    yield close('Cr of red', float(v[0, 6]), 255, 0)
    yield close('luma of green: 255 * 0.7152', float(y[12, 0]), 182, 0)
    smooth = cv2.GaussianBlur(selfpictures.exposures(height=96, width=160)[1], (0, 0), 4)
    back = planes.to_bgr(planes.to_i420(smooth), 96, 160)
    yield close('a smooth picture comes back from its planes', float(cv2.absdiff(back, smooth).max()), 0, 3)


def check_peers(folder):
    bracket = selfpictures.exposures(height=256, width=320)
    found = {peer.name: peer for peer in peers.available(folder)}
    yield close('Mertens of equal pictures gives the picture', float(cv2.absdiff(peers.mertens([bracket[1]] * 3), bracket[1]).max()), 0, 1)
    for name, (mean, deviation) in RECORDED_PEERS.items():
        if name not in found:
            print(f'--   {name}: no weights in {folder}, not checked')
            continue
        luma = cv2.transform(found[name].fuse(bracket, 1).astype(np.float32) / 255, np.float32([[0.114, 0.587, 0.299]]))
        yield close(f"{name}, mean luma against the authors' code", float(luma.mean()), mean, 1e-3)
        yield close(f"{name}, deviation of luma against the authors' code", float(luma.std()), deviation, 1e-3)


def main(folder):
    """@returns exit code"""
    cv2.setNumThreads(1)
    results = [good for check in (check_metrics, check_mef, check_planes) for good in check()]
    results += selftest_detail.checks(close)
    results += list(check_peers(folder))
    print(f'{sum(results)} of {len(results)} hold')
    return 0 if all(results) else 1
