"""Filters for the warp that lines exposures up (plugin/ipl/kernels/warp): what each keeps of pictures, does to noise and to edges.

usage: python3 bench/quality/warp_filters.py PICTURE...

Pictures are halved first, so that they are sharp at the pixel, and their middle is moved there and back, in whole codes. The warp's
own time is measured by bench/speed/kernels.ts.
"""
import sys

import cv2
import numpy as np

WIDTH, HEIGHT, BORDER = 1280, 720, 40


def bilinear(d):
    return np.maximum(0, 1 - np.abs(d))


def keys(a):
    """Keys, Cubic convolution interpolation for digital image processing, 1981: four taps."""
    def weights(d):
        d = np.abs(d)
        inner, outer = (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1, a * (d ** 3 - 5 * d ** 2 + 8 * d - 4)
        return np.where(d < 1, inner, np.where(d < 2, outer, 0))
    return weights


def six_taps(d):
    """The same paper's, of six taps and one order more."""
    d = np.abs(d)
    pieces = [4 / 3 * d ** 3 - 7 / 3 * d ** 2 + 1, -7 / 12 * d ** 3 + 3 * d ** 2 - 59 / 12 * d + 5 / 2,
              1 / 12 * d ** 3 - 2 / 3 * d ** 2 + 7 / 4 * d - 3 / 2]
    return np.select([d < 1, d < 2, d < 3], pieces, 0)


def lanczos(d):
    return np.where(np.abs(d) < 3, np.sinc(d) * np.sinc(d / 3), 0)


FILTERS = {'bilinear': (bilinear, 1), 'Keys a = -1/2': (keys(-0.5), 2), 'Keys a = -3/4': (keys(-0.75), 2),
           'six taps, cubic': (six_taps, 3), 'Lanczos, six taps': (lanczos, 3)}


def motion(degrees, scale, x, y):
    cos, sin = scale * np.cos(np.radians(degrees)), scale * np.sin(np.radians(degrees))
    cx, cy = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    return np.array([[cos, -sin, cx + x - cos * cx + sin * cy], [sin, cos, cy + y - sin * cx - cos * cy], [0, 0, 1]])


def warped(picture, m, weights, reach):
    """picture [HEIGHT,WIDTH] at m (x, y), rounded to codes"""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    x, y = m[0, 0] * xs + m[0, 1] * ys + m[0, 2], m[1, 0] * xs + m[1, 1] * ys + m[1, 2]
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    taps = range(1 - reach, reach + 1)
    across, down = [weights(i - (x - column)) for i in taps], [weights(i - (y - row)) for i in taps]
    out = 0
    for j, share in zip(taps, down):
        line = np.clip(row + j, 0, HEIGHT - 1)
        out = out + share * sum(w * picture[line, np.clip(column + i, 0, WIDTH - 1)] for i, w in zip(taps, across))
    return np.clip(np.round(out / (sum(across) * sum(down))), 0, 255)


def main(paths):
    pictures = []
    for path in paths:
        picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        picture = cv2.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv2.INTER_AREA)
        top, left = (picture.shape[0] - HEIGHT) // 2, (picture.shape[1] - WIDTH) // 2
        if top < 0 or left < 0:
            sys.exit(f'{path} has to be {2 * WIDTH}x{2 * HEIGHT} or larger.')
        pictures.append(picture[top:top + HEIGHT, left:left + WIDTH].astype(float))
    inside = (slice(BORDER, -BORDER),) * 2
    noise = np.round(128 + 6 * np.random.default_rng(1).standard_normal((HEIGHT, WIDTH)))
    edge = np.where(np.arange(WIDTH) < WIDTH // 2, 40.0, 200.0) + np.zeros((HEIGHT, 1))
    for name, m in {'half a pixel': motion(0, 1, 0.5, 0.5), '0.5 degrees, 1 %': motion(0.5, 1.01, 3.3, 1.7)}.items():
        for title, (weights, reach) in FILTERS.items():
            errors = [np.mean((warped(warped(p, m, weights, reach), np.linalg.inv(m), weights, reach) - p)[inside] ** 2) for p in pictures]
            left = warped(noise, m, weights, reach)[inside].std() / noise.std()
            over = warped(edge, m, weights, reach)[inside].max() - 200
            print(f'{name:18}{title:20}{np.mean([10 * np.log10(255 ** 2 / e) for e in errors]):6.1f} dB, noise {left:.2f}, overshoot {over:.0f}')


if __name__ == '__main__':
    main(sys.argv[1:])
