"""Real exposures lined up with their reference, for measuring: what they show can then be looked for in a fused picture.

Features that survive a change of exposure (SIFT on equalized luma, matches by Lowe's ratio, RANSAC) give a homography;
maximising the correlation (ECC: Evangelidis and Psarakis, PAMI 2008) refines it, where it stays near what the features say. It takes its time; the
product has its own way.
"""
import cv2
import numpy as np

FEATURES, RATIO, NEAR = 3000, 0.75, 2.0   # NEAR: pixels that a match may be off
LEAST = 12                                # matches; with fewer the exposure stays where it is
USABLE = 8, 248                           # codes of the reference that ECC looks at
STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 1e-4)
BORDER = 31, 0.04                         # pixels beside what a warped exposure covers, share of the longer side beside the edge


def even(picture):
    """Luma that looks much the same whatever the exposure."""
    luma = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    return cv2.createCLAHE(3.0, (8, 8)).apply(luma)


def matched(moving, fixed):
    """Homography by features."""
    sift = cv2.SIFT_create(FEATURES, contrastThreshold=0.02)
    (a, of_a), (b, of_b) = (sift.detectAndCompute(picture, None) for picture in (moving, fixed))
    if of_a is None or of_b is None:
        return np.eye(3)
    pairs = [pair for pair in cv2.BFMatcher().knnMatch(of_a, of_b, 2) if len(pair) == 2]
    good = [first for first, second in pairs if first.distance < RATIO * second.distance]
    if len(good) < LEAST:
        return np.eye(3)
    points = lambda keys, which: np.float32([keys[getattr(match, which)].pt for match in good])
    found, _ = cv2.findHomography(points(a, 'queryIdx'), points(b, 'trainIdx'), cv2.RANSAC, NEAR)
    return np.eye(3) if found is None else found


def refined(start, moving, fixed):
    """The homography that makes both correlate best, or None where there is none to be found."""
    usable = ((fixed > USABLE[0]) & (fixed < USABLE[1])).astype(np.uint8)
    soft = lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32)
    try:
        _, back = cv2.findTransformECC(soft(fixed), soft(moving), np.linalg.inv(start).astype(np.float32), cv2.MOTION_HOMOGRAPHY,
                                       STOP, usable, 3)
        return np.linalg.inv(back)
    except cv2.error:
        return None


def reach(homography, size):
    """Pixels by which it moves what is near the corners, at most."""
    h, w = size
    corners = np.float32([[[w * x, h * y] for x in (0.05, 0.95) for y in (0.05, 0.95)]])
    return float(np.linalg.norm(cv2.perspectiveTransform(corners, homography) - corners, axis=2).max())


def one(picture, reference):
    """@returns the picture warped onto the reference, what it covers, and its reach"""
    size = reference.shape[:2]
    moving, fixed = even(picture), even(reference)
    found = matched(moving, fixed)
    better = refined(found, moving, fixed)
    by_features = reach(found, size)
    if better is not None and abs(reach(better, size) - by_features) < 3 + 0.2 * by_features:
        found = better
    covered = cv2.warpPerspective(np.ones(size, np.uint8), found, size[::-1], flags=cv2.INTER_NEAREST)
    warped = cv2.warpPerspective(picture, found, size[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return warped, covered, reach(found, size)


def bracket(pictures, reference):
    """@returns the exposures as the reference sees them; bool where all of them do, its edges left out; the largest reach"""
    out, covered, farthest = list(pictures), np.ones(pictures[reference].shape[:2], np.uint8), 0.0
    for k, picture in enumerate(pictures):
        if k != reference:
            out[k], mask, far = one(picture, pictures[reference])
            covered &= mask
            farthest = max(farthest, far)
    valid = cv2.erode(covered, np.ones((BORDER[0], BORDER[0]))) > 0
    edge = int(BORDER[1] * max(valid.shape))
    inner = np.zeros_like(valid)
    inner[edge:-edge, edge:-edge] = True
    return out, valid & inner, farthest
