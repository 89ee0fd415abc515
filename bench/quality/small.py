"""Writes test/golden/quality-small.{json,bin.gz}: four scenes shrunk to 320x180 for `npm test`, which has no Python.

usage: /usr/bin/python3 bench/quality/small.py [--data ../shared/data]
Only scenes from photographs that may be shipped. Pictures are I420, full range; in the file follow one another, for each scene:
the dark and the bright exposure of the moving scene, those of the same held still, the middle exposure, the truth; and the luma alone
of the dark, the middle and the bright exposure without noise and motion, which lost detail is looked for in. `detail` is what
lost_detail.py says of some of these pictures: the test's own measure has to say the same (test/support/lost-detail.ts).
The product's own figures are recorded by the test (test/quality/regression.test.ts says how).
"""
import argparse
import gzip
import json
import os

import cv2
import numpy as np

import peers
import planes
import scenes
import sources
from cache import Cache
from lost_detail import LostDetail

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, '..', '..', 'test', 'golden')
WIDTH, HEIGHT = 320, 180
NAMES = ['courtyard-a', 'dune-a', 'otters-a', 'plaza-a']


def shrunk(picture):
    return cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)


def luma(picture):
    return planes.luma_of(planes.to_i420(picture), HEIGHT, WIDTH)


def luma_psnr(picture, truth):
    a, b = (luma(p).astype(np.float32) for p in (picture, truth))
    return round(float(10 * np.log10(255 ** 2 / ((a - b) ** 2).mean())), 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default=os.path.join(HERE, '..', '..', '..', 'shared', 'data'))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    cache, rows, data = Cache(), [], b''
    for name in NAMES:
        index = next(i for i, recipe in enumerate(scenes.SCENES) if recipe.name == name)
        scene = cache.scene(index, args.data, lambda: sources.Textures(args.data))
        truth = shrunk(scene.truth)
        clean = [luma(shrunk(p)) for p in scene.clean]
        lost = LostDetail(clean, 1)
        said = {'middle': scene.moving[1], 'truth': scene.truth, 'moving bright': scene.moving[2]}
        figures = {'detail': {what: lost.score(luma(shrunk(picture))) for what, picture in said.items()}}
        for kind in ('moving', 'still'):
            pictures = [shrunk(p) for p in getattr(scene, kind)]
            figures[kind] = {'middle': luma_psnr(pictures[1], truth), 'mertens': luma_psnr(peers.mertens(pictures), truth)}
        rows.append({'scene': name, **figures})
        stored = [scene.moving[0], scene.moving[2], scene.still[0], scene.still[2], scene.moving[1], scene.truth]
        data += b''.join([*(planes.to_i420(shrunk(p)) for p in stored), *(y.tobytes() for y in clean)])
    with open(os.path.join(GOLDEN, 'quality-small.json'), 'w') as file:
        json.dump({'width': WIDTH, 'height': HEIGHT, 'scenes': rows}, file, indent=2)
        file.write('\n')
    with open(os.path.join(GOLDEN, 'quality-small.bin.gz'), 'wb') as file:
        # No time stamp: the same pictures give the same file.
        with gzip.GzipFile(fileobj=file, mode='wb', mtime=0, filename='') as packed:
            packed.write(data)
    print(json.dumps(rows, indent=2))


if __name__ == '__main__':
    main()
