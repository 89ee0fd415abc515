"""Makes what models/ ships. `python3 models/train COMMAND --help` tells the options of each."""
import importlib
import sys

COMMANDS = {  # name: module, what it does
    'all': ('ship', 'everything below from data to check, one after the other: what ships'),
    'data': ('data.lay_out', 'lays out the pictures that manifest.tsv names'),
    'render': ('data.render', 'renders the brackets to train and to validate with'),
    'learn': ('learn.train', 'trains the network; --resume goes on'),
    'export': ('export.onnx_file', 'writes the ONNX file, its card and its golden answers'),
    'export-gpu': ('export.gpu', 'writes the graphs for GPUs, their card and their golden pictures'),
    'export-deep': ('export.deep', 'writes the graphs for GPUs that take 10 bits, and their card'),
    'goldens': ('export.goldens', 'writes what tests hold the pixel rule, the statistics and the pictures to'),
    'check': ('export.check', 'checks what slices and the ONNX file promise'),
    'selftest': ('selftest', 'tests this program: a few minutes, no data needed'),
    'quality-scenes': ('export.quality_scenes', 'writes the held-out brackets of the tests and the figures to meet'),
    'media': ('data.media', 'makes examples/media'),
    'ablate': ('study.ablate', 'what each part of the network earns'),
    'ablate-cache': ('study.ablate_cache', 'what the attention cache gives the trained network'),
    'denoise': ('study.denoise', 'how far noise reduction should reach'),
}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        lines = '\n'.join(f'  {name:16}{says}' for name, (_, says) in COMMANDS.items())
        raise SystemExit(f'{__doc__}\n\n{lines}')
    importlib.import_module(COMMANDS[sys.argv[1]][0]).main(sys.argv[2:])


if __name__ == '__main__':
    main()
