"""Short UHD sequences of a still camera, for flicker: what changes from frame to frame is noise, the exposure, or the scene.

Frames are kept as I420 planes, as a pipeline would deliver them: [frames][exposures].
"""
import os
from dataclasses import dataclass

import numpy as np

import planes
import scenes
import sources
from cameras import Shooter
from truth import truth


@dataclass(frozen=True)
class Part:
    frames: int
    source: str
    camera: str
    gap: float
    bias: float
    noise: str


# Name -> parts, one after the other without a gap.
SEQUENCES = {
    'noise-park': [Part(6, 'yh_park', 'srgb', 2.0, 0.0, 'mid')],
    'noise-otters': [Part(6, 'oakland-zoo-otters', 'video', 2.0, 0.0, 'low')],
    # A camera's automatic exposure jumps by one EV.
    'exposure': [Part(4, 'll_own1', 'video', 2.0, 0.0, 'low'), Part(6, 'll_own1', 'video', 2.0, 1.0, 'low')],
    'cut': [Part(4, 'cwz_library1', 'srgb', 2.0, 0.0, 'low'), Part(4, 'my_jin', 'srgb', 2.0, 0.0, 'low')],
}


def render(name, data, folder):
    """Writes frame-NN.i420 (all exposures of a frame) and truth-P.npy (of each part) into `folder`."""
    number = 0
    for index, part in enumerate(SEQUENCES[name]):
        # Parts of one source share a seed, so that they show the same scene.
        rng = np.random.default_rng([scenes.SEED, 900, sorted(SEQUENCES).index(name), len(part.source)])
        background = scenes.cropped(sources.radiance(data, part.source, rng, False), None)
        camera = Shooter(part.camera, part.noise)
        evs = scenes.exposure_values(background, part, rng)
        rng = np.random.default_rng([scenes.SEED, 901, sorted(SEQUENCES).index(name), index])
        np.save(os.path.join(folder, f'truth-{index}.npy'), truth(background, camera, evs))
        for _ in range(part.frames):
            with open(os.path.join(folder, f'frame-{number:02d}.i420'), 'wb') as file:
                for ev in evs:
                    file.write(planes.to_i420(camera.shoot(background, ev, rng)))
            number += 1


def frames_of(name):
    return sum(part.frames for part in SEQUENCES[name])


def part_of(name, number):
    """Index of the part that a frame belongs to."""
    for index, part in enumerate(SEQUENCES[name]):
        if number < part.frames:
            return index
        number -= part.frames
    raise IndexError(number)


def read(folder, number, exposures=3):
    """I420 bytes of each exposure."""
    with open(os.path.join(folder, f'frame-{number:02d}.i420'), 'rb') as file:
        data = file.read()
    size = len(data) // exposures
    return [data[k * size:(k + 1) * size] for k in range(exposures)]
