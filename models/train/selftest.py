"""Tests this program, on scenes that it draws itself: `python3 models/train selftest`. Needs what requirements.txt names, a few minutes
and Node (npm ci, for onnxruntime); no pictures, no GPU. `npm test` does not run it, as it does without Python.
"""
import argparse
import dataclasses
import gzip
import hashlib
import json
import os
import sys
import tempfile
import unittest
import warnings

import numpy as np
import torch

from data import bracket, lay_out, memory, shards
from data.bracket import Bracket
from data.planes import LUMA
from data.recipe import KINDS
from export import card, deep, fixture, gpu, goldens, onnx_file
from folders import BLOCKS, GOLDEN, MODELS, TEST
from learn.batches import Shards
from learn.forward import coefficients_of
from learn.parts import gradient
from learn.recipe import Recipe
from learn.train import Training, train
from network import depthwise, rule, shipped
from network.fuser import Fuser

TINY = Recipe(seed=3, start='random', steps=6, warm=2, every=2, cells=1500)
SIDE, BLOCK = 64, 8


class Drawn:
    """Scenes for brackets, without a picture from elsewhere."""

    def background(self, rng, size, photos=0.3):
        rows, columns = np.mgrid[:size[0], :size[1]].astype(np.float32)
        waves = sum(np.sin(rows * rng.uniform(0, 0.4) + columns * rng.uniform(0, 0.4) + rng.uniform(0, 6)) for _ in range(4))
        return np.exp(waves[..., None] + rng.normal(0, 0.3, 3)).astype(np.float32)

    def texture(self, rng, size):
        x = self.background(rng, size)
        return x / (x @ LUMA).mean()


def drawn_shards(folder):
    """Three shards, and a set to validate with."""
    sources = Drawn()
    for index, (k, r) in enumerate([(3, 1), (2, 0), (3, 1)]):
        rng = np.random.default_rng([5, index])
        data = bracket.whole(rng, sources, k, r, 4, 0.7, 0.2, pixels=(SIDE, SIDE))
        shards.save(os.path.join(folder, f'day-{index:04d}'), shards.thin(rng, data, r, BLOCK))
    held = bracket.whole(np.random.default_rng(9), sources, 3, None, 2, 1, 0, pixels=(256, 256))
    shards.save(os.path.join(folder, 'validation-dynamic'), {'reference': 1, **held})


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def at(self, *names):
        return os.path.join(self.folder, *names)

    def assertSameWeights(self, one, other):
        self.assertEqual(list(one), list(other))
        for name, values in one.items():
            self.assertTrue(torch.equal(values, other[name]), name)


class TrainingTest(Case):
    """On drawn brackets, few steps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shards = os.path.join(cls.folder, 'shards')
        os.mkdir(cls.shards)
        drawn_shards(cls.shards)
        cls.unbroken = train(TINY, cls.shards, os.path.join(cls.folder, 'unbroken'), workers=1)

    def test_stopped_and_resumed_it_gives_what_an_unbroken_run_gives(self):
        out = self.at('broken')
        train(TINY, self.shards, out, workers=2, until=3)
        self.assertLess(torch.load(os.path.join(out, 'last.pt'))['step'], TINY.steps)
        found, expected = (torch.load(path) for path in (train(TINY, self.shards, out, workers=2, resume=True), self.unbroken))
        self.assertEqual(found['step'], TINY.steps)
        for name in ('model', 'average'):
            self.assertSameWeights(found[name], expected[name])
        self.assertEqual(str(found['optimizer']), str(expected['optimizer']))
        # The log tells the interruption's steps once; the last row is the unbroken run's.
        rows, others = ([json.loads(line) for line in open(os.path.join(folder, 'log.jsonl'))] for folder in (out, self.at('unbroken')))
        self.assertEqual(sorted({row['step'] for row in rows}), [row['step'] for row in rows])
        self.assertEqual(rows[-1]['psnr'], others[-1]['psnr'])

    def test_a_step_takes_the_mean_of_its_parts_whichever_process_works_them_out(self):
        training = Training(TINY, Shards(self.shards), 2)
        mean, losses = training.parts.step(5)
        found = [gradient(training.model, training.parts.shards, TINY, 5, part) for part in range(TINY.parts)]
        self.assertTrue(torch.equal(mean, torch.stack([each[0] for each in found]).mean(0)))
        self.assertTrue(torch.equal(losses, torch.stack([each[1] for each in found]).mean(0)))
        self.assertFalse(torch.equal(found[0][0], found[1][0]))
        training.parts.close()

    def test_another_seed_is_another_network_and_another_recipe_does_not_resume(self):
        other = dataclasses.replace(TINY, seed=4)
        self.assertFalse(torch.equal(*(torch.load(path)['average']['head.weight'] for path in (
            train(other, self.shards, self.at('other'), workers=1), self.unbroken))))
        with self.assertRaisesRegex(SystemExit, 'another recipe'):
            train(other, self.shards, self.at('unbroken'), workers=1, resume=True)
        with self.assertRaisesRegex(SystemExit, '--resume'):
            train(TINY, self.shards, self.at('unbroken'), workers=1)

    def test_it_learns_and_leaves_a_log_a_curve_and_a_sample(self):
        training = Training(dataclasses.replace(TINY, steps=60, warm=5, cells=900), Shards(self.shards), 2)
        losses = [sum(training.advance()) for _ in range(60)]
        training.parts.close()
        # A step sees some brackets only, so the mean of several.
        self.assertLess(np.mean(losses[-20:]), 0.9 * np.mean(losses[:20]))
        for name in ('log.jsonl', 'curve.png', 'sample.jpg'):
            self.assertGreater(os.path.getsize(self.at('unbroken', name)), 100, name)

    def test_whole_pictures_in_training_are_what_the_exported_graph_gives(self):
        model = shipped.load()
        data = shards.load(os.path.join(self.shards, 'validation-dynamic'))
        y, chroma = (torch.from_numpy(data[name][0].astype(np.float32)) / 255 for name in ('y', 'chroma'))
        with torch.no_grad():
            # A height that is no whole number of bands.
            statistics = rule.block_statistics(y[None, :, :208], chroma[None, :, :, :104], 1, BLOCK)
            trained = coefficients_of(model, statistics)[0][0]
            graph = Fuser(model).coefficients(y[:, :208], chroma[:, :, :104], 1, BLOCK)
        self.assertLess((trained - graph).abs().max().item(), 2e-3)

    def test_what_is_exported_is_what_was_trained(self):
        model, path = shipped.network_of(self.unbroken), self.at('network.onnx')
        onnx_file.export(model, path)
        inputs = fixture.seeded()
        answers, _ = fixture.run_onnx(path, inputs)
        for name, expected in zip(onnx_file.OUTPUTS, model(*inputs)):
            self.assertLess(np.abs(answers[name] - expected.numpy().astype(float)).max(), 2e-3 if name == 'coefficients' else 1.5, name)
        description = card.describe(path, model, onnx_file.training_of(self.unbroken), {})
        self.assertEqual(description['training']['recipe'], dataclasses.asdict(TINY))
        self.assertEqual([given['name'] for given in description['inputs']], fixture.NAMES)


class ShippedTest(Case):
    """The files of the repository are what these programs write."""

    def test_exported_again_the_shipped_files_are_the_same(self):
        onnx_file.main(['--out', self.folder, '--golden', self.folder])
        gpu.main(['--out', self.folder, '--golden', self.folder])
        deep.main(['--out', self.folder])
        goldens.main(['--out', self.folder])
        names = [(MODELS, name) for name in os.listdir(MODELS) if name.startswith(('ipl-s', 'blend-', 'merge-', 'ten-bits'))]
        names += [(GOLDEN, 'gpu.json')]
        names += [(os.path.join(TEST, 'ipl', 'kernels'), name) for name in ('statistics.json', 'rule.json')]
        for folder, name in names:
            self.assertEqual(digest(os.path.join(folder, name)), digest(self.at(name)), name)
        # Answers are sums in floats, which another BLAS adds up in another order.
        old, new = (json.load(open(os.path.join(folder, 'network.json'))) for folder in (GOLDEN, self.folder))
        self.assertEqual(old['inputs'], new['inputs'])
        for name, expected in old['outputs'].items():
            off = np.abs(np.subtract(expected['data'], new['outputs'][name]['data'])).max()
            self.assertLessEqual(off, old['tolerance'][name], name)
        old, new = (np.frombuffer(gzip.open(os.path.join(folder, 'gpu.bin.gz')).read(), np.uint8).astype(int) for folder in (GOLDEN, self.folder))
        self.assertLessEqual(np.abs(old - new).max(), 1)
        self.assertLess((old != new).mean(), 1e-3)

    def test_blocks_are_as_large_as_the_product_has_them(self):
        with open(BLOCKS) as file:
            for width, height, block in json.load(file):
                self.assertEqual(rule.block_size(height, width), block, (width, height))


class DataTest(Case):
    def test_a_bracket_without_motion_and_noise_is_its_own_truth_at_the_same_exposures(self):
        made = Bracket(np.random.default_rng(2), Drawn().background(np.random.default_rng(1), (96, 96)), Drawn(), dynamic=False, clean=True)
        self.assertEqual(float(made.moved.max()), 0)
        self.assertTrue((np.diff([code.mean() for code in made.codes]) > 0).all())

    def test_shards_come_back_as_they_were_saved_mapped(self):
        values = {'y': np.arange(12, dtype=np.uint8).reshape(3, 4), 'block': np.int64(8)}
        shards.save(self.at('one'), values)
        found = shards.load(self.at('one'))
        self.assertIsInstance(found['y'], np.memmap)
        self.assertTrue((found['y'] == values['y']).all() and int(found['block']) == 8)

    def test_files_are_found_by_their_checksum_and_what_is_missing_is_named(self):
        with open(self.at('anything.bin'), 'wb') as file:
            file.write(b'a picture')
        entry = {'file': 'hdr/a.exr', 'bytes': '9', 'sha256': digest(self.at('anything.bin')), 'origin': 'https://example.org/a'}
        self.assertEqual(lay_out.found_below(self.folder, [entry]), {entry['sha256']: self.at('anything.bin')})
        where, manifest = lay_out.LAID_OUT, lay_out.manifest
        try:
            lay_out.LAID_OUT, lay_out.manifest = self.at('laid'), lambda: [entry, {**entry, 'file': 'hdr/b.exr', 'sha256': '0' * 64}]
            with self.assertRaisesRegex(SystemExit, r'1 of the files.*\n.*hdr/b\.exr  https://example\.org/a'):
                lay_out.lay_out(self.folder)
            self.assertTrue(os.path.exists(self.at('laid', 'hdr', 'a.exr')))
        finally:
            lay_out.LAID_OUT, lay_out.manifest = where, manifest

    def test_the_manifest_names_origin_licence_and_checksum_of_every_file(self):
        for entry in lay_out.manifest():
            self.assertRegex(entry['sha256'], '^[0-9a-f]{64}$')
            self.assertTrue(entry['licence'] and entry['origin'].startswith('https://') and entry['use'] in ('train', 'held out', 'example'))

    def test_shares_add_up(self):
        self.assertAlmostEqual(sum(kind.share for kind in KINDS.values()), 1)


class DepthwiseTest(Case):
    def test_the_compiled_convolution_gives_pytorchs_numbers_and_a_wrong_one_is_refused(self):
        path = depthwise.build(self.folder)
        if path is None:
            self.skipTest('there is no C compiler')
        was = depthwise.library
        try:
            self.assertTrue(depthwise.use(path))
            kept, depthwise.TOLERANCE = depthwise.TOLERANCE, -1
            self.assertFalse(depthwise.use(path))
            depthwise.TOLERANCE = kept
            self.assertIsNone(depthwise.library)
        finally:
            depthwise.library = was

    def test_it_is_built_once(self):
        self.assertEqual(depthwise.build(self.folder), depthwise.build(self.folder))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog='python3 models/train selftest', description=__doc__.split('\n\n')[0])
    parser.add_argument('-k', dest='pattern', help='only tests whose names have this')
    args = parser.parse_args(arguments)
    warnings.simplefilter('ignore')
    torch.set_num_threads(1)
    memory.keep()
    loader = unittest.TestLoader()
    if args.pattern:
        loader.testNamePatterns = [f'*{args.pattern}*']
    result = unittest.TextTestRunner(verbosity=2).run(loader.loadTestsFromModule(sys.modules[__name__]))
    sys.exit(not result.wasSuccessful())


if __name__ == '__main__':
    main()
