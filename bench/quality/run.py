"""The UHD quality benchmark: rendered scenes with a truth, sequences, and real brackets; the product and its peers."""
import argparse
import json
import os
import sys
import time

import cv2
import numpy as np

import flicker
import peers
import real
import report
import scenes
import selftest
import sequences
import sources
import synthetic
from cache import Cache
from fuser import Fuser
from page import Page

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
PARTS = ['scenes', 'sequences', 'real']


def arguments():
    parser = argparse.ArgumentParser(prog='npm run bench:quality --', description=__doc__)
    parser.add_argument('--quick', action='store_true', help='a third of the scenes of three exposures, and no sequences')
    parser.add_argument('--only', choices=['ipl'], help='fuse with the product alone; peers only as far as the cache has them')
    parser.add_argument('--part', nargs='+', choices=PARTS, default=PARTS, help='only these parts')
    parser.add_argument('--scene', nargs='+', metavar='NAME', help='only these scenes, sequences or brackets')
    parser.add_argument('--methods', nargs='+', metavar='PEER', help='only these peers: ' + ', '.join(report.PEERS))
    parser.add_argument('--model', metavar='CARD', help='card (JSON) of the network to measure; default: the shipped one')
    parser.add_argument('--slices', type=int, metavar='N', help='one more row: pictures cut in about N slices')
    parser.add_argument('--denoise', type=float, metavar='SHARE', help='one more row: that share of the noise reduction, 0 for none')
    parser.add_argument('--json', metavar='FILE', help='write all figures to FILE')
    parser.add_argument('--no-page', action='store_true', help='write no HTML page')
    parser.add_argument('--data', default=os.path.join(ROOT, '..', 'shared', 'data'), help='folder with free/ and measure-only/')
    parser.add_argument('--peers', default=os.path.join(HERE, 'peers'), help='folder with the weights of MEF-Net and MEFLUT')
    parser.add_argument('--selftest', action='store_true', help='check the metrics and the peers, and measure nothing')
    return parser.parse_args()


class Bench:
    """What the parts share."""

    def __init__(self, args):
        self.args, self.cache = args, Cache()
        self.fusers = [Fuser('ipl', args.model)]
        if args.slices:
            self.fusers.append(Fuser(f'ipl, {args.slices} slices', args.model, args.slices))
        if args.denoise is not None:
            self.fusers.append(Fuser(f'ipl, denoise {args.denoise:g}', args.model, None, args.denoise))
        self.peers = peers.available(args.peers, args.methods)
        self.page = None if args.no_page else Page()
        self._textures = None

    def textures(self):
        """Read when the first scene has to be rendered."""
        self._textures = self._textures or sources.Textures(self.args.data)
        return self._textures


def quick():
    """Indices of a seeded third of the scenes."""
    return np.random.default_rng([scenes.SEED, 3]).permutation(len(scenes.SCENES))[:len(scenes.SCENES) // 3]


def jobs(args):
    """(part, name, function of the bench) of everything that there is to do."""
    for index in sorted(quick()) if args.quick else range(len(scenes.ALL)):
        yield 'scenes', scenes.ALL[index].name, lambda bench, index=index: synthetic.run(bench, index)
    for name in sequences.SEQUENCES:
        if not args.quick:
            yield 'sequences', name, lambda bench, name=name: flicker.run(bench, name)
    for group, name, folder in real.brackets(args.data):
        yield 'real', name, lambda bench, job=(group, name, folder): real.run(bench, *job)


def chosen(args):
    """The jobs that the arguments leave."""
    found = [job for job in jobs(args) if job[0] in args.part]
    if not args.scene:
        return found
    unknown = sorted(set(args.scene) - {name for _, name, _ in found})
    if unknown:
        raise SystemExit(f'There is no scene {", ".join(unknown)}. Scenes: {", ".join(name for _, name, _ in found)}')
    return [job for job in found if job[1] in args.scene]


def main():
    args = arguments()
    cv2.setNumThreads(1)
    if args.selftest:
        sys.exit(selftest.main(args.peers))
    if not os.path.isdir(os.path.join(args.data, 'free')):
        raise SystemExit(f'There is no data at {args.data}: name the folder that holds free/ and measure-only/ with --data.')
    bench, rows, start = Bench(args), [], time.time()
    todo = chosen(args)
    for count, (_, name, job) in enumerate(todo):
        mine = job(bench)
        rows += mine
        print(report.progress(count + 1, len(todo), name, mine, time.time() - start), file=sys.stderr, flush=True)
    info = bench.fusers[0].info
    result = {'model': info.get('model'), 'sha256': info.get('sha256'), 'slices': info.get('slices'), 'seed': scenes.SEED,
              'generator': bench.cache.made, 'groups': report.summary(rows), 'targets': report.targets(rows), 'rows': rows}
    text = report.text(result)
    print(text)
    if bench.page:
        print(f'\nPictures: {os.path.relpath(bench.page.write(text))}')
    if args.json:
        with open(args.json, 'w') as file:
            json.dump(result, file, indent=2)
            file.write('\n')


if __name__ == '__main__':
    main()
