"""What the network might learn: candidates for the look, on the real brackets, lined up first. No network is asked.

usage: python3 bench/quality/looks.py [--data ../shared/data] [--bracket NAME ...] [--out FOLDER]

For each bracket and candidate: lost detail and what is kept (lost_detail.py), halos (halo.py), MEF-SSIM (static brackets), and contrast: the
deviation of luma and its 1st and 99th percentile, in codes. --out gets the pictures side by side. The exposures are the three of
the bracket: the network's truth has five of the same span.
"""
import argparse
import os
import sys

import cv2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(HERE, '..', '..', 'models', 'train'))

import extended_fusion
import line_up
import peers
import real
from data import look
from detail import FIGURES, Detail
from mef_ssim import MefSsim
from reduced import grey, reduced


def mertens_of_equals(pictures, reference=None):
    """Mertens with all three weights at 1; OpenCV's default leaves well-exposedness out."""
    return np.rint(np.clip(cv2.createMergeMertens(1, 1, 1).process(pictures), 0, 1) * 255).astype(np.uint8)


LOOKS = {
    'mertens': peers.mertens,
    'mertens 1/1/1': mertens_of_equals,
    'extended fusion': extended_fusion.fuse,
    'look': lambda pictures, reference: look.fuse(pictures),
}
CONTRAST = 'deviation', 'dark', 'light'


def contrast(picture):
    luma = grey(picture)
    return dict(zip(CONTRAST, (float(luma.std()), *(float(p) for p in np.percentile(luma, (1, 99))))))


def judged(folder, static):
    """-> the exposures, {look: picture}, {look: figures}"""
    pictures, valid, _ = line_up.bracket([reduced(picture) for picture in real.read(folder)], real.REFERENCE)
    pictures, (valid,) = real.cut(pictures), real.cut([valid])
    detail, mef = Detail(pictures, real.REFERENCE, valid), MefSsim(pictures) if static else None
    fused = {name: make(pictures, real.REFERENCE) for name, make in LOOKS.items()}
    return pictures, fused, {name: {**detail.score(picture), **contrast(picture), **({'mefSsim': mef.score(picture)} if mef else {})}
                             for name, picture in fused.items()}


def line(name, figures):
    columns = [*FIGURES, 'mefSsim', *CONTRAST]
    cell = lambda column: f'{figures[column]:10.{3 if column == "mefSsim" else 1}f}' if column in figures else ' ' * 10
    return f'{name:20}' + ''.join(cell(column) for column in columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--data', default=os.path.join(HERE, '..', '..', '..', 'shared', 'data'))
    parser.add_argument('--bracket', nargs='+')
    parser.add_argument('--out')
    args = parser.parse_args()
    print(' ' * 20 + ''.join(f'{column:>10}' for column in [*FIGURES, 'MEF-SSIM', *CONTRAST]))
    every = {name: [] for name in LOOKS}
    for group, name, folder in real.brackets(args.data):
        if args.bracket and name not in args.bracket:
            continue
        pictures, fused, figures = judged(folder, group == 'real static')
        print(name, flush=True)
        for candidate, found in figures.items():
            print(line('  ' + candidate, found), flush=True)
            every[candidate].append(found)
        if args.out:
            os.makedirs(args.out, exist_ok=True)
            cv2.imwrite(os.path.join(args.out, f'{name}.jpg'), np.hstack([pictures[real.REFERENCE], *fused.values()]), [cv2.IMWRITE_JPEG_QUALITY, 92])
    print('mean')
    for candidate, rows in every.items():
        print(line('  ' + candidate, {column: np.mean([row[column] for row in rows if column in row])
                                      for column in {key for row in rows for key in row}}))


if __name__ == '__main__':
    main()
