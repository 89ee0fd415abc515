"""Halo and glow: what a fused picture adds beside strong edges to surfaces that are even in every exposure.

Beside a strong edge (60 codes or more across it in some exposure) a line is followed away from it, 4 to 32 pixels far. Where every
exposure stays even along it, to 3 codes, and one of them is neither black nor white there, the scene is even, and a fused picture
should be, too. Asked is how much its near end (4 to 10 pixels) differs from its far one (24 to 32):

  halo  share of such lines, in %, whose near end goes away from what lies across the edge, by more than 4 codes: a bright rim on
        the bright side or a dark one on the dark side
  glow  the same towards it: the bright side's light in the dark one, a shade in the bright one, what blocks of weights leave around things

Exposures as for lost_detail.py: they must show the same thing at the same place, and be reduced.
"""
import cv2
import numpy as np

STEP, EVEN, SEEN = 60, 3, 4   # codes
CANNY = 8, 16                 # codes a pixel: where edges go on, where they begin
ACROSS = 4                    # pixels from the edge at which its step is taken
LINE, NEAR, FAR = np.arange(4, 33), slice(0, 7), slice(20, 29)
USABLE = 15, 240
MOST = 40000                  # edge pixels
LEAST = 200                   # lines; of fewer nothing is said


def smooth(codes):
    """Means of 5x5 pixels: noise is no halo."""
    return cv2.blur(codes.astype(np.float32), (5, 5))


def edges(exposures):
    """Positions [n,2] (x, y) of edge pixels, and the unit vectors towards their bright side."""
    soft = [cv2.GaussianBlur(codes.astype(np.float32), (0, 0), 1.5) for codes in exposures]
    dx, dy = (np.stack([cv2.Sobel(s, cv2.CV_32F, *order, scale=1 / 8) for s in soft]) for order in ((1, 0), (0, 1)))
    clearest = np.hypot(dx, dy).argmax(0)[None]
    dx, dy = (np.take_along_axis(d, clearest, 0)[0] for d in (dx, dy))
    found = cv2.Canny(np.int16(dx * 16), np.int16(dy * 16), CANNY[0] * 16, CANNY[1] * 16, L2gradient=True)
    rows, columns = np.nonzero(found)
    every = slice(None, None, 1 + len(rows) // MOST)
    rows, columns = rows[every], columns[every]
    towards = np.stack([dx[rows, columns], dy[rows, columns]], 1)
    towards /= np.maximum(np.linalg.norm(towards, axis=1, keepdims=True), 1e-6)
    at = np.stack([columns, rows], 1).astype(np.float32)
    step = np.max([sampled(s, at + ACROSS * towards) - sampled(s, at - ACROSS * towards) for s in soft], 0)
    return at[step >= STEP], towards[step >= STEP]


def sampled(picture, at):
    """Values at the nearest pixels of positions [...,2]; beside the picture those of its edge."""
    x, y = (np.clip(np.rint(at[..., axis]).astype(int), 0, picture.shape[1 - axis] - 1) for axis in (0, 1))
    return picture[y, x]


class Halo:
    """Prepared for one bracket, scores any number of fused pictures. All are uint8 grey of one size."""

    def __init__(self, exposures, valid=None):
        at, towards = edges(exposures)
        h, w = exposures[0].shape
        self.lines, self.bright = [], []
        for side in (1, -1):
            lines = at[:, None] + side * LINE[:, None] * towards[:, None]
            good = ((lines >= 0) & (lines <= (w - 1, h - 1))).all((1, 2))
            if valid is not None:
                good &= sampled(valid, lines).all(1)
            usable = np.zeros(len(at), bool)
            for codes in exposures:
                profile = sampled(smooth(codes), lines)
                good &= np.ptp(profile, 1) <= EVEN
                usable |= (profile.mean(1) > USABLE[0]) & (profile.mean(1) < USABLE[1])
            self.lines.append(lines[good & usable])
            self.bright.append(np.full((good & usable).sum(), side))
        self.lines, self.bright = np.concatenate(self.lines), np.concatenate(self.bright)

    def score(self, picture):
        """{'halo', 'glow'} in %; nothing where the bracket has hardly a line."""
        if len(self.lines) < LEAST:
            return {}
        profile = sampled(smooth(picture), self.lines)
        away = (profile[:, NEAR].mean(1) - profile[:, FAR].mean(1)) * self.bright
        return {'halo': 100 * float((away > SEEN).mean()), 'glow': 100 * float((away < -SEEN).mean())}
