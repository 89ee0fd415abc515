"""What lining up is to reach, and what it reaches: one table, with met or missed for each.

usage: npm run bench:align [-- --only rig pan ...] [--bracket NAME] [--seeds FIRST LAST] [--data ../shared/data] [--json FILE]
needs: python3-numpy python3-opencv

Figures are of quality, so that a busy machine changes nothing of them. What it costs is measured by bench/align/live.ts.
"""
import argparse
import json
import os
import sys
import time

import views
import cv2

import fuser
import planes
from cases import CASES, SETTLED


class Bench:
    def __init__(self, data, bracket='', seeds=range(48)):
        self.data, self.only_bracket, self.seeds, self.notes = data, bracket, seeds, []
        self.pixels, self.confidence, self.maps = {}, {}, []
        self._number = 0

    def note(self, text):
        self.notes.append(text)

    def fuse(self, exposures, align):
        """Of a scene that nobody has seen before; of a stream the picture that comes once it is settled."""
        self._number += 1
        return self.stream(f'{align} {self._number}', exposures, align, times=SETTLED if align == 'auto' else 1, last=True)

    def stream(self, name, exposures, align, one_camera=False, times=1, last=False):
        """uint8 BGR exposures of the next set of a stream -> the fused picture."""
        h, w = exposures[0].shape[:2]
        header = {'stream': name, 'align': align, 'width': w, 'height': h, 'exposures': len(exposures), 'oneCamera': one_camera, 'times': times, 'last': last}
        fuser.requests().write(json.dumps(header).encode() + b'\n')
        for picture in exposures:
            fuser.requests().write(planes.to_i420(picture))
        fuser.requests().flush()
        line = fuser.answers().readline()
        if not line: raise SystemExit('The fusing process has gone.')
        answer = json.loads(line)
        if 'error' in answer: raise SystemExit(answer['error'])
        self.pixels, self.confidence, self.maps = answer['pixels'], answer['confidence'], answer['maps']
        return planes.to_bgr(fuser.answers().read(answer['size']), h, w)


def main():
    parser = argparse.ArgumentParser(prog='npm run bench:align --', description=__doc__.split('\n')[0])
    parser.add_argument('--only', nargs='+', choices=list(CASES), default=list(CASES), help='only these cases')
    parser.add_argument('--bracket', default='', help='of real brackets only those of which the name has this')
    parser.add_argument('--seeds', nargs='+', type=int, help='of random brackets: one, or from one up to another')
    parser.add_argument('--data', default=os.path.join(views.HERE, '..', '..', '..', 'shared', 'data'))
    parser.add_argument('--json', metavar='FILE')
    args = parser.parse_args()
    if not os.path.isdir(os.path.join(args.data, 'free')):
        raise SystemExit(f'There is no data at {args.data}: name the folder that holds free/ and measure-only/ with --data.')
    cv2.setNumThreads(1)
    bench, rows, start = Bench(args.data, args.bracket, range(args.seeds[0], args.seeds[-1] + 1) if args.seeds else range(48)), [], time.monotonic()
    print('| what | wanted | reached | |\n|---|---|---|---|', flush=True)
    for name in args.only:
        for row in CASES[name](bench):
            rows.append(row)
            print(f'| {row[0]} | {row[1]} | {row[2]} | {"met" if row[3] else "**missed**"} |', flush=True)
    for note in bench.notes: print('\n' + note)
    missed = sum(not row[3] for row in rows)
    print(f'\n{len(rows) - missed} of {len(rows)} met, {time.monotonic() - start:.0f} s.')
    if args.json:
        with open(args.json, 'w') as file: json.dump([dict(zip(('what', 'wanted', 'reached', 'met'), (*row[:3], bool(row[3])))) for row in rows], file, indent=1)
    sys.exit(1 if missed else 0)


if __name__ == '__main__':
    main()
