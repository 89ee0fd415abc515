"""Lost detail: what the reference exposure cannot show and another one can, how much of it a fused picture shows, and
whether that picture keeps what the reference does show. Needs no truth, so it judges real brackets, too.

Everything is asked of windows of 15x15 pixels about a pixel, in grey (BT.601 luma, codes 0 to 255):

  lost         the reference is flat (deviation below 4) and nearly white (247 or more) or nearly black (14 or less)
  recoverable  lost, and the darkest exposure (for highlights; for shadows the brightest) has structure there: deviation
               above 3, on a mean between 15 and 240
  back         of the recoverable: the fused picture's window correlates by more than 0.6 with that exposure's, and has at
               least a quarter of its contrast
  kept         of all that the reference shows (code 30 to 225, deviation above 5): correlation with the reference above 0.9

The exposures must show the same thing at the same place: rendered ones without motion and noise, or real ones lined up
(line_up.py), and be reduced (reduced.py). README.md tells what this does not see.
"""
import cv2
import numpy as np

WINDOW = 15
WHITE, BLACK, FLAT = 247, 14, 4
STRUCTURE, USABLE = 3, (15, 240)
AGREES, CONTRAST = 0.6, 0.25
SHOWN, TEXTURE, SAME = (30, 225), 5, 0.9
LEAST = 200     # recoverable pixels; of fewer nothing is said
TINY = 1e-3


def mean(values):
    return cv2.boxFilter(values, -1, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)


class Windows:
    """Mean and variance about every pixel; about the middle code, which keeps small variances in float32."""

    def __init__(self, codes):
        self.values = codes.astype(np.float32) - 128
        self.mean = mean(self.values)
        self.variance = np.maximum(mean(self.values * self.values) - self.mean * self.mean, 0)

    def correlation(self, other):
        covariance = mean(self.values * other.values) - self.mean * other.mean
        return covariance / np.sqrt(np.maximum(self.variance * other.variance, TINY))


class LostDetail:
    """Prepared for one bracket, scores any number of fused pictures. All are uint8 grey of one size."""

    def __init__(self, exposures, reference, valid=None):
        """`exposures` dark to bright; `valid` (bool) leaves out pixels that not all of them show."""
        codes, self.reference = exposures[reference], Windows(exposures[reference])
        valid = np.ones(codes.shape, bool) if valid is None else valid
        flat = valid & (self.reference.variance < FLAT ** 2)
        self.shown = valid & (codes > SHOWN[0]) & (codes < SHOWN[1]) & (self.reference.variance > TEXTURE ** 2)
        self.kinds = {}  # kind -> the exposure that has it, and where
        if reference > 0:
            self._add('highlights', exposures[0], flat & (codes >= WHITE))
        if reference < len(exposures) - 1:
            self._add('shadows', exposures[-1], flat & (codes <= BLACK))
        self.valid = valid

    def _add(self, kind, exposure, lost):
        donor = Windows(exposure)
        level = donor.mean + 128
        area = lost & (donor.variance > STRUCTURE ** 2) & (level > USABLE[0]) & (level < USABLE[1])
        if area.sum() > LEAST:
            self.kinds[kind] = (donor, area)

    def shares(self):
        """kind -> recoverable pixels, % of the picture."""
        return {kind: 100 * float(area.sum() / self.valid.sum()) for kind, (_, area) in self.kinds.items()}

    def score(self, picture):
        """{'highlights', 'shadows', 'kept'} in %; what the bracket has nothing of is left out."""
        fused = Windows(picture)
        out = {kind: share(back(fused, donor), area) for kind, (donor, area) in self.kinds.items()}
        if self.shown.any():
            out['kept'] = share(fused.correlation(self.reference) > SAME, self.shown)
        return out

    def marked(self, picture):
        """uint8 BGR: what is back in green, what could be and is not in red, over the picture."""
        out, fused = cv2.merge([picture // 2] * 3), Windows(picture)
        for donor, area in self.kinds.values():
            good = back(fused, donor)
            out[area & good] += np.uint8([0, 110, 0])
            out[area & ~good] += np.uint8([0, 0, 110])
        return out


def back(fused, donor):
    return (fused.correlation(donor) > AGREES) & (fused.variance > CONTRAST ** 2 * donor.variance)


def share(good, area):
    return 100 * float((good & area).sum() / area.sum())
