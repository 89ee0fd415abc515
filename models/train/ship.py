"""Makes what ships: lays out the pictures, renders the brackets, trains, exports the network with its card and its graphs for GPUs, writes
the goldens and checks them.

usage: python3 models/train all --data FOLDER [--resume] [--seed 1] [--steps N] [--scale 1] [--workers N] [--into FOLDER]
What was done before it was stopped is kept: started again with --resume it goes on. `--into` writes to another folder than the
repository's models/ and test/golden/, to look at first. Afterwards: `npm run bench:quality -- --json FILE`, and
`python3 models/train export --checkpoint ... --figures FILE` puts its figures into the card.
"""
import argparse
import os
import shutil

from data import lay_out, render
from export import check, deep, gpu, goldens, onnx_file, quality_scenes
from folders import GOLDEN, MODELS
from learn import train


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train all', description=__doc__.split('\n\n')[0])
    parser.add_argument('--data', help='folder that has the files of manifest.tsv; default: GST_IPL_DATA')
    parser.add_argument('--scale', type=float, default=1.0, help='of the number of shards in data/recipe.py')
    parser.add_argument('--into', help='folder to write to instead of the repository')
    train.options(parser)
    args = parser.parse_args(arguments)
    lay_out.lay_out(args.data)
    render.render(args.seed, args.workers, args.scale)
    checkpoint = train.run(args)
    into = args.into or MODELS
    golden = args.into or GOLDEN
    os.makedirs(into, exist_ok=True)
    onnx_file.main(['--checkpoint', checkpoint, '--out', into, '--golden', golden])
    gpu.main(['--checkpoint', checkpoint, '--out', into, '--golden', golden])
    deep.main(['--out', into])
    goldens.main(['--out', into] if args.into else [])
    quality_scenes.main(['--checkpoint', checkpoint, '--golden', golden])
    check.main(['--checkpoint', checkpoint, '--out', into])
    # Whoever reads the card can see how its training went.
    for name in ('log.jsonl', 'curve.png', 'sample.jpg'):
        source = os.path.join(os.path.dirname(checkpoint), name)
        if os.path.exists(source):
            shutil.copyfile(source, os.path.join(into, f'training-{name}'))


if __name__ == '__main__':
    main()
