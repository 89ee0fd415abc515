"""Writes what tests hold the kernels, the plain implementation beside their tests, the weight map and the noise measure's study to.

usage: python3 models/train goldens
"""
import argparse
import os

import torch

from export import onnx_file, rule_golden, statistics
from folders import TEST
from network.model import Ipl

KERNELS = os.path.join(TEST, 'ipl', 'kernels')


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train goldens', description=__doc__.split('\n\n')[0])
    parser.add_argument('--out', default=KERNELS, help='folder of statistics.json and rule.json')
    args = parser.parse_args(arguments)
    statistics.record(os.path.join(args.out, 'statistics.json'))
    rule_golden.record(os.path.join(args.out, 'rule.json'))
    # Small, of random weights: for the tests of how networks without the input `momentum` are read.
    torch.manual_seed(1)
    onnx_file.export(Ipl(width=2).eval(), os.path.join(args.out, 'format-2.onnx'), 2)


if __name__ == '__main__':
    main()
