"""Writes what tests hold the kernels, the plain implementation beside their tests, the weight map and the noise measure's study to.

usage: python3 models/train goldens
"""
import argparse
import os

from export import rule_golden, statistics
from folders import TEST

KERNELS = os.path.join(TEST, 'ipl', 'kernels')


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train goldens', description=__doc__.split('\n\n')[0])
    parser.add_argument('--out', default=KERNELS, help='folder of statistics.json and rule.json')
    args = parser.parse_args(arguments)
    statistics.record(os.path.join(args.out, 'statistics.json'))
    rule_golden.record(os.path.join(args.out, 'rule.json'))


if __name__ == '__main__':
    main()
