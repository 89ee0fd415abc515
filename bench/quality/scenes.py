"""The benchmark's scenes: a table of what each is, and how it is rendered. Everything else comes from its seed.

A scene is rendered twice: moving, and held still. Both share the reference exposure (the middle one, motion blur and noise
included) and the truth, so that they compare; held still, the other exposures show what the reference shows.
"""
from dataclasses import dataclass

import cv2
import numpy as np

import sources
from cameras import Shooter
from motion import SWAYS, Sway, Thing
from reduced import reduced
from truth import mertens_truth, truth

SEED = 2160
REFERENCE = 1  # of three exposures, see reference_of

STRIP = 48   # rows at a time
MOVED = np.float32(1.15)  # ratio of radiance from which a pixel counts as moved

# Metering: the geometric mean of luminance is put at this share of clipping, as exposure meters do.
METER = 0.14


@dataclass(frozen=True)
class Recipe:
    name: str
    source: str
    mirrored: bool
    camera: str
    gap: float      # EV between neighbouring exposures
    bias: float     # EV by which the photographer's middle exposure is off the meter's
    noise: str
    shake: float    # pixels that the camera moves from exposure to exposure
    moves: tuple    # kinds of things (motion.BEHAVIOUR) and of sway
    exposures: int


def table(text, exposures=3):
    for line in text.strip().splitlines():
        name, source, mirrored, camera, gap, bias, noise, shake, moves = line.split()
        kinds = (move.partition('*') for move in moves.split('+'))
        each = tuple(kind for kind, _, count in kinds for _ in range(int(count or 1)))
        yield Recipe(name, source, mirrored == 'yes', camera, float(gap), float(bias), noise, float(shake), each, exposures)


SCENES = list(table("""
library-a   cwz_library1                 no   srgb     2.0   0.0  low   2    walker*4+bust+ball
library-b   cwz_library1                 yes  phone    3.0   0.5  low   0    walker*3+ball*2+pole
library-c   cwz_library1                 no   machine  1.0  -0.5  none  5    bust+walker*4
toys-a      ll_own1                      no   photo    2.0   0.0  none  1.5  ball*4+branch+pole
toys-b      ll_own1                      yes  video    2.5  -0.3  low   0    ball*3+bust*2+flag
toys-c      ll_own1                      no   phone    1.5   0.4  none  4    walker*3+ball*2+pole
street-a    my_jin                       no   phone    2.0   0.0  mid   0    walker*4+car*2
street-b    my_jin                       yes  srgb     3.0   0.5  low   3    car*2+walker*3+leaves*2
street-c    my_jin                       no   video    4.0   0.0  low   0    car*3+walker*3
park-a      yh_park                      no   photo    2.0   0.3  mid   2    walker*4+leaves*4
park-b      yh_park                      yes  flat     2.5   0.0  low   0    walker*3+bird*3+branch*2
park-c      yh_park                      no   srgb     1.5  -0.4  high  6    leaves*4+walker*4
courtyard-a casa-mila                    no   srgb     3.0   0.0  low   1    bird*4+walker*2+flag
courtyard-b casa-mila                    yes  machine  2.0   0.5  none  0    bird*3+bust+pole*2
dune-a      extreme-desert-hike          no   video    2.0   0.0  low   2    walker*5+bird*3
dune-b      extreme-desert-hike          yes  phone    3.5   0.0  none  0    car*3+walker*2+flag
otters-a    oakland-zoo-otters           no   photo    2.0   0.0  low   0    stream+branch*2+bird*3
otters-b    oakland-zoo-otters           yes  srgb     1.0   0.5  mid   6    stream+leaves*3+ball*2
plaza-a     piazza-gae-aulenti           no   phone    2.5   0.0  low   0    bird*5+walker*3
plaza-b     piazza-gae-aulenti           yes  flat     3.0  -0.5  none  1.5  bird*3+flag*2+walker*2
skyline-a   singaporean-cityscape        no   video    2.0   0.0  mid   0    water+bird*3+pole
skyline-b   singaporean-cityscape        yes  srgb     2.5   0.5  high  2    water+walker*3+pole*2
summit-a    sunset_by_Aitzol_Berasategi  no   photo    3.0   0.0  low   3    bust+walker*3+bird*3
summit-b    sunset_by_Aitzol_Berasategi  yes  machine  2.0   0.0  mid   0    leaves*3+walker*3+branch*2
"""))


# Brackets of other than three exposures, told of in groups of their own.
OTHERS = [*table("""
street-2    my_jin                       yes  phone    3.0   0.0  low   2    walker*3+car*2
dune-2      extreme-desert-hike          no   srgb     2.0   0.3  mid   0    walker*4+bird*3
""", 2), *table("""
toys-4      ll_own1                      no   video    2.0   0.0  low   2    ball*3+bust+pole
plaza-4     piazza-gae-aulenti           yes  machine  1.5   0.3  low   0    bird*4+walker*3
""", 4), *table("""
library-5   cwz_library1                 no   phone    1.5   0.0  mid   0    walker*4+bust
otters-5    oakland-zoo-otters           yes  photo    1.0  -0.3  low   4    stream+branch*2+bird*3
""", 5)]
ALL = SCENES + OTHERS


def reference_of(exposures):
    """The middle exposure, the darker one where there are two."""
    return (exposures - 1) // 2


@dataclass
class Scene:
    recipe: Recipe
    moving: list        # uint8 BGR, dark to bright
    still: list         # the same, nothing moves; the reference is the same picture
    clean: np.ndarray   # uint8 BGR, reduced: the exposures of what the reference saw, without noise
    truth: np.ndarray   # uint8 BGR
    mertens_truth: np.ndarray  # the same as OpenCV's Mertens fuses it
    moved: np.ndarray   # uint8, 255 where an exposure shows something else than the reference
    evs: list


def light(index, data, textures):
    """What the exposures of scene number `index` of ALL see, their EVs, and the numbers that go on: (frames, evs, rng)."""
    recipe = ALL[index]
    count, reference = recipe.exposures, reference_of(recipe.exposures)
    rng = np.random.default_rng([SEED, index])
    background = sources.radiance(data, recipe.source, rng, recipe.mirrored)
    evs = exposure_values(background, recipe, rng, count)
    times = np.arange(count) - reference + rng.uniform(-0.2, 0.2, count)
    if rng.random() < 0.3:  # not every camera shoots from dark to bright
        rng.shuffle(times)
    times -= times[reference]
    durations = np.minimum(0.8, rng.uniform(0.02, 0.1) * 2 ** (evs - evs[0]))
    motion = [make(rng, kind, background, textures) for kind in recipe.moves]
    frames = []
    for k in range(count):
        frame = background.copy()
        for thing in motion:
            if isinstance(thing, Sway):
                thing.apply(frame, times[k])
            else:
                thing.paint(frame, times[k], durations[k])
        frames.append(cropped(frame, shake_matrix(rng, recipe.shake if k != reference else 0)))
    return frames, evs, rng


def render(index, data, textures):
    """@returns Scene number `index` of ALL."""
    recipe = ALL[index]
    count, reference = recipe.exposures, reference_of(recipe.exposures)
    frames, evs, rng = light(index, data, textures)
    camera = Shooter(recipe.camera, recipe.noise)
    seen = frames[reference]
    shoot = lambda picture, k: camera.shoot(picture, evs[k], rng)
    middle = shoot(seen, reference)
    moving = [middle if k == reference else shoot(frames[k], k) for k in range(count)]
    still = [middle if k == reference else shoot(seen, k) for k in range(count)]
    mask = moved(frames, seen, evs[reference])
    del frames
    clean = np.stack([reduced(camera.shoot(seen, ev)) for ev in evs])
    truths = (fused(seen, camera, evs) for fused in (truth, mertens_truth))
    return Scene(recipe, moving, still, clean, *truths, mask, [float(ev) for ev in evs])


def make(rng, kind, background, textures):
    if kind in SWAYS:
        return Sway(rng, kind, background.shape[:2])
    return Thing(rng, kind, background, textures)


def exposure_values(background, recipe, rng, exposures=3):
    """Ascending EVs; radiance * 2^EV = 1 clips. The gaps are a little uneven, as those of real brackets."""
    level = np.exp(np.log(sources.luminance(background) + 1e-4).mean())
    middle = np.log2(METER / level) + recipe.bias
    gaps = recipe.gap * rng.uniform(0.9, 1.1, exposures - 1)
    below = reference_of(exposures)
    return np.concatenate([middle - np.cumsum(gaps[:below][::-1])[::-1], [middle], middle + np.cumsum(gaps[below:])])


def shake_matrix(rng, shake):
    """What `shake` pixels of hand movement do: shift, and a turn that shifts the corners by about as much."""
    if not shake:
        return None
    turn = np.degrees(rng.normal(0, shake / sources.WIDTH))
    matrix = cv2.getRotationMatrix2D((sources.WIDTH / 2 + sources.MARGIN, sources.HEIGHT / 2 + sources.MARGIN), turn, 1)
    angle = rng.uniform(0, 2 * np.pi)
    matrix[:, 2] += shake * np.array([np.cos(angle), np.sin(angle)])
    return matrix


def cropped(frame, matrix):
    """The picture without its margin, shaken. Lanczos keeps it as sharp as the one that is not."""
    if matrix is not None:
        frame = cv2.warpAffine(frame, matrix, frame.shape[1::-1], flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)
        np.maximum(frame, 0, out=frame)
    m = sources.MARGIN
    return np.ascontiguousarray(frame[m:-m, m:-m])


def moved(frames, reference, ev):
    """255 where an exposure's light differs from the reference's by more than about 15 %, deep shadows apart."""
    floor = np.float32(2.0 ** -ev * 2 ** -9)
    mask = np.zeros(reference.shape[:2], np.uint8)
    for top in range(0, len(reference), STRIP):
        rows = slice(top, top + STRIP)
        base = reference[rows] + floor
        for frame in frames:
            if frame is not reference:
                ratio = (frame[rows] + floor) / base
                mask[rows][(ratio > MOVED).any(2) | (ratio < 1 / MOVED).any(2)] = 255
    return mask
