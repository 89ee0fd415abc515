"""Keeps rendered scenes and the peers' results between runs, in bench/quality/cache (not in git; delete it freely).

Scenes are kept under a hash of the code that makes them, figures under one of the code that measures, so an edit never
leaves old results behind.
"""
import hashlib
import json
import os
import shutil

import cv2
import numpy as np

import line_up
import scenes
import sequences

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, 'cache')
LOOK = ['../../models/train/data/look.py', '../../models/train/data/planes.py']
DETAIL = ['detail.py', 'lost_detail.py', 'halo.py', 'reduced.py']
MAKERS = ['held_out.py', 'sources.py', 'cameras.py', 'shapes.py', 'motion.py', 'scenes.py', 'sequences.py', 'planes.py', 'reduced.py', 'truth.py', *LOOK]
BRACKETS = ['peers.py', 'published.py', 'extended_fusion.py', 'real.py']
# What a peer's figures depend on besides the pictures.
MEASURES = {
    'published': [*DETAIL, 'metrics.py', 'synthetic.py', 'published.py'],
    'peers': [*DETAIL, 'metrics.py', 'synthetic.py', 'peers.py'],
    'extended': [*DETAIL, 'metrics.py', 'synthetic.py', 'extended_fusion.py'],
    'real': ['mef_ssim.py', 'mef_ssimd.py', *BRACKETS],
    'detail': [*DETAIL, 'line_up.py', *BRACKETS],
}


def hash_of(names):
    total = hashlib.sha256()
    for name in names:
        path = os.path.join(HERE, name)
        if os.path.exists(path):
            with open(path, 'rb') as file:
                total.update(file.read())
    return total.hexdigest()[:12]


class Cache:
    def __init__(self):
        self.made = hash_of(MAKERS)
        self.measured = {kind: hash_of(names) for kind, names in MEASURES.items()}
        self.root = os.path.join(FOLDER, self.made)
        os.makedirs(self.root, exist_ok=True)
        for old in os.listdir(FOLDER):
            if old != self.made:
                shutil.rmtree(os.path.join(FOLDER, old), ignore_errors=True)

    def folder(self, name):
        return os.path.join(self.root, name)

    def scene(self, index, data, textures):
        """Scene number `index` of scenes.ALL, rendered or read; `textures` is called when it has to be rendered."""
        recipe = scenes.ALL[index]
        reference = scenes.reference_of(recipe.exposures)
        folder = self.folder(recipe.name)
        note = os.path.join(folder, 'scene.json')
        if not os.path.exists(note):
            self._write(folder, note, scenes.render(index, data, textures()))
        with open(note) as file:
            evs = json.load(file)['evs']
        middle = self._read(folder, 'middle')
        around = lambda kind: [middle if k == reference else self._read(folder, f'{kind}-{k}') for k in range(recipe.exposures)]
        mask = cv2.imread(os.path.join(folder, 'moved.png'), cv2.IMREAD_GRAYSCALE)
        truths = (self._read(folder, name) for name in ('truth', 'mertens-truth'))
        return scenes.Scene(recipe, around('moving'), around('still'), self._read(folder, 'clean'), *truths, mask, evs)

    def sequence(self, name, data):
        """@returns the folder that holds a sequence, rendered if it was not."""
        folder = self.folder(name)
        done = os.path.join(folder, 'done')
        if not os.path.exists(done):
            os.makedirs(folder, exist_ok=True)
            sequences.render(name, data, folder)
            open(done, 'w').close()
        return folder

    def lined_up(self, name, pictures, reference):
        """@returns a real bracket's exposures as its reference sees them, and bool where all of them do"""
        path = os.path.join(self.folder(name), f'lined-up-{hash_of(["line_up.py", "reduced.py"])}.npz')
        if not os.path.exists(path):
            os.makedirs(self.folder(name), exist_ok=True)
            exposures, valid, _ = line_up.bracket(pictures, reference)
            np.savez(path, *exposures, valid=valid)
        with np.load(path) as kept:
            return [kept[f'arr_{k}'] for k in range(len(pictures))], kept['valid']

    def _read(self, folder, name):
        return np.load(os.path.join(folder, name + '.npy'))

    def _write(self, folder, note, scene):
        os.makedirs(folder, exist_ok=True)
        reference = scenes.reference_of(scene.recipe.exposures)
        pictures = {'middle': scene.moving[reference], 'truth': scene.truth, 'mertens-truth': scene.mertens_truth, 'clean': scene.clean}
        for kind, exposures in (('moving', scene.moving), ('still', scene.still)):
            pictures.update({f'{kind}-{k}': exposure for k, exposure in enumerate(exposures) if k != reference})
        for name, picture in pictures.items():
            np.save(os.path.join(folder, name + '.npy'), picture)
        cv2.imwrite(os.path.join(folder, 'moved.png'), scene.moved)
        with open(note, 'w') as file:  # last: a scene without it is not complete
            json.dump({'evs': scene.evs}, file)

    def figures(self, name, group, method, kind):
        """A peer's figures, or None when they have to be taken (again). `kind` is one of MEASURES."""
        path = self._figures_path(name, group, method)
        if not os.path.exists(path):
            return None
        with open(path) as file:
            kept = json.load(file)
        return kept['figures'] if kept['code'] == self.measured[kind] else None

    def keep(self, name, group, method, kind, figures, picture=None):
        """Keeps figures, and the picture as JPEG for the page."""
        os.makedirs(self.folder(name), exist_ok=True)
        if picture is not None:
            cv2.imwrite(self.picture_path(name, group, method), picture, [cv2.IMWRITE_JPEG_QUALITY, 93])
        with open(self._figures_path(name, group, method), 'w') as file:
            json.dump({'code': self.measured[kind], 'figures': figures}, file)

    def picture_path(self, name, group, method):
        return os.path.join(self.folder(name), f'{group}-{method}.jpg'.replace(' ', '-'))

    def _figures_path(self, name, group, method):
        return os.path.join(self.folder(name), f'{group}-{method}.json'.replace(' ', '-'))
