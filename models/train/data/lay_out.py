"""Lays out what training is made from: finds the files of manifest.tsv below a folder, by their checksums and whatever they are called,
and copies them into one place. What is missing is named with its origin.

usage: python3 models/train data [--data FOLDER]     default: the environment variable GST_IPL_DATA
The panoramas are half-float EXR files of 1024x512, compressed with a little loss; their origins have the same pictures as Radiance
.hdr, and the checksums are those of the EXR files.
"""
import argparse
import csv
import hashlib
import os
import shutil

from folders import CACHE

MANIFEST = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'manifest.tsv')
LAID_OUT = os.path.join(CACHE, 'data')


def manifest():
    """-> [{file, use, licence, origin, bytes, sha256}]; `use` is train, held out (never trained on) or example (examples/media)"""
    with open(MANIFEST, newline='') as file:
        return list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def found_below(folder, entries):
    """{sha256: path} of the entries' files; only those of a right size are read."""
    sizes, found = {int(entry['bytes']) for entry in entries}, {}
    for parent, _, names in os.walk(folder):
        for path in (os.path.join(parent, name) for name in names):
            if os.path.isfile(path) and os.path.getsize(path) in sizes:
                found[digest(path)] = path
    return found


def is_there(entry):
    path = os.path.join(LAID_OUT, entry['file'])
    return os.path.exists(path) and os.path.getsize(path) == int(entry['bytes']) and digest(path) == entry['sha256']


def lay_out(folder=None):
    """-> where the files are. @raises SystemExit naming what is missing"""
    missing = [entry for entry in manifest() if not is_there(entry)]
    folder = folder or os.environ.get('GST_IPL_DATA')
    found = found_below(folder, missing) if missing and folder else {}
    for entry in [entry for entry in missing if entry['sha256'] in found]:
        place(found[entry['sha256']], os.path.join(LAID_OUT, entry['file']))
        missing.remove(entry)
    if missing:
        lines = '\n'.join(f'  {entry["file"]}  {entry["origin"]}  sha256 {entry["sha256"]}' for entry in missing)
        where = f'below {folder}' if folder else 'because no folder is named (--data, or GST_IPL_DATA)'
        raise SystemExit(f'{len(missing)} of the files to train from are not found {where}:\n{lines}')
    return LAID_OUT


def place(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train data', description=__doc__.split('\n\n')[0])
    parser.add_argument('--data', help='folder that has the files, in whatever order')
    args = parser.parse_args(arguments)
    print(lay_out(args.data))


if __name__ == '__main__':
    main()
