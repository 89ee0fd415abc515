"""Outlines of moving things: each kind draws coloured parts on a canvas, for one phase of its movement.

A shape is drawn from lists of (part, mask); a part names which of the thing's surfaces fills it. Masks are uint8 and
twice as large as the result, which smooths their edges.
"""
import cv2
import numpy as np


def draw(kind, size, phase, form):
    """@returns list of (part, mask [2 size, 2 size]) from back to front; `form` are five random numbers 0..1 that stay
    the same for one thing."""
    return KINDS[kind](2 * size, phase, form)


def blank(q):
    return np.zeros((q, q), np.uint8)


def limb(q, start, angle, lengths, bend, thickness):
    """Two bones: upper at `angle` from straight down, lower bent by `bend`."""
    mask = blank(q)
    x, y = start
    for length, a in zip(lengths, (angle, angle + bend)):
        end = x + length * np.sin(a), y + length * np.cos(a)
        cv2.line(mask, (int(x), int(y)), (int(end[0]), int(end[1])), 255, max(1, int(thickness)))
        x, y = end
    return mask


def walker(q, phase, form):
    """A person from the side; legs and arms swing with the phase."""
    swing = 0.5 * np.sin(phase)
    middle, lean = q * 0.5, q * 0.02
    thick = q * (0.05 + 0.03 * form[0])
    parts = []
    for side in (1, -1):  # far side first
        bend = -0.6 * max(0.0, np.sin(side * phase + 1.0))
        parts.append(('legs', limb(q, (middle, q * 0.52), side * swing, (q * 0.22, q * 0.22), bend, thick * 1.2)))
    arm = limb(q, (middle + lean, q * 0.22), swing, (q * 0.16, q * 0.14), 0.5, thick * 0.8)
    trunk, head = blank(q), blank(q)
    cv2.ellipse(trunk, (int(middle + lean), int(q * 0.37)), (int(q * (0.075 + 0.05 * form[1])), int(q * 0.19)), 0, 0, 360, 255, -1)
    cv2.ellipse(head, (int(middle + 2 * lean), int(q * 0.1)), (int(q * 0.055), int(q * 0.07)), 0, 0, 360, 255, -1)
    other = limb(q, (middle + lean, q * 0.22), -swing, (q * 0.16, q * 0.14), 0.5, thick * 0.8)
    return [('body', other), *parts, ('body', trunk), ('skin', head), ('body', arm)]


def car(q, phase, form):
    """A car from the side; the spokes of its wheels turn with the phase."""
    body, glass = blank(q), blank(q)
    top, belt, sill = q * (0.36 + 0.06 * form[0]), q * 0.5, q * 0.64
    rear, front = q * (0.2 + 0.1 * form[1]), q * (0.62 + 0.1 * form[2])
    outline = [(0.02, 0.62), (0.04, 0.51), (0.16, 0.49)]
    points = [(x * q, y * q) for x, y in outline]
    points += [(rear, top), (front - q * 0.08, top), (front + q * 0.06, belt), (q * 0.96, q * 0.53), (q * 0.98, q * 0.62), (q * 0.97, sill), (q * 0.03, sill)]
    cv2.fillPoly(body, [np.int32(points)], 255)
    window = [(rear + q * 0.02, top + q * 0.025), (front - q * 0.09, top + q * 0.025), (front + q * 0.02, belt - q * 0.005), (rear - q * 0.04, belt - q * 0.005)]
    cv2.fillPoly(glass, [np.int32(window)], 255)
    cv2.line(glass, (int(q * 0.45), int(top)), (int(q * 0.45), int(belt)), 0, max(1, int(q * 0.012)))
    parts = [('body', body), ('glass', glass)]
    for x in (0.22, 0.78):
        tyre, hub = blank(q), blank(q)
        centre, radius = (int(q * x), int(sill)), q * 0.075
        cv2.circle(tyre, centre, int(radius), 255, -1)
        for spoke in range(5):
            a = phase + spoke * 2 * np.pi / 5
            end = (int(centre[0] + radius * 0.65 * np.cos(a)), int(centre[1] + radius * 0.65 * np.sin(a)))
            cv2.line(hub, centre, end, 255, max(1, int(q * 0.012)))
        parts += [('dark', tyre), ('lamp', hub)]
    lamp = blank(q)
    cv2.ellipse(lamp, (int(q * 0.955), int(q * 0.555)), (int(q * 0.018), int(q * 0.014)), 0, 0, 360, 255, -1)
    return [*parts, ('light', lamp)]


def bird(q, phase, form):
    """A bird in flight; the wings beat with the phase."""
    trunk, wings = blank(q), blank(q)
    cv2.ellipse(trunk, (q // 2, q // 2), (int(q * 0.16), int(q * 0.05)), 0, 0, 360, 255, -1)
    lift = 0.3 * np.sin(phase)
    for side, reach in ((-1, 0.42), (1, 0.42 - 0.1 * form[0])):
        tip = q * (0.5 + side * 0.1 * form[1]), q * (0.5 - side * lift - 0.12)
        bend = q * 0.5 + side * q * 0.06, q * (0.5 - side * lift * 0.4 - reach * 0.3)
        points = [(q * 0.42, q * 0.5), bend, (tip[0] - q * 0.12, tip[1] - q * reach * 0.3), (tip[0] + q * 0.04, tip[1]), (q * 0.58, q * 0.5)]
        cv2.fillPoly(wings, [np.int32(points)], 255)
    return [('body', trunk), ('legs', wings)]


def ball(q, phase, form):
    """Something round."""
    mask = blank(q)
    cv2.ellipse(mask, (q // 2, q // 2), (int(q * 0.47), int(q * (0.3 + 0.17 * form[0]))), phase * 20, 0, 360, 255, -1)
    return [('body', mask)]


def bust(q, phase, form):
    """Head and shoulders of somebody near."""
    shoulders, head, hair = blank(q), blank(q), blank(q)
    cv2.ellipse(shoulders, (q // 2, int(q * 1.02)), (int(q * (0.4 + 0.08 * form[0])), int(q * 0.42)), 0, 0, 360, 255, -1)
    turn = int(q * 0.02 * np.sin(phase))
    cv2.ellipse(hair, (q // 2, int(q * 0.3)), (int(q * 0.2), int(q * 0.26)), 0, 0, 360, 255, -1)
    cv2.ellipse(head, (q // 2 + turn, int(q * 0.34)), (int(q * 0.165), int(q * 0.23)), 0, 0, 360, 255, -1)
    return [('body', shoulders), ('dark', hair), ('skin', head)]


def branch(q, phase, form):
    """A twig with leaves, hanging in from above; each leaf turns with the phase."""
    wood, leaves = blank(q), blank(q)
    grow = np.random.default_rng(int(form[0] * 1e6))  # the same twig at every phase
    tips = [(q * 0.5, 0.0, np.pi / 2, q * 0.26, q * 0.018)]
    for _ in range(5):
        grown = []
        for x, y, a, length, thick in tips:
            ex, ey = x + length * np.cos(a), y + length * np.sin(a)
            cv2.line(wood, (int(x), int(y)), (int(ex), int(ey)), 255, max(1, int(thick)))
            for _ in range(3):
                along = grow.uniform(0.3, 1)
                at = (int(x + along * (ex - x) + grow.normal(0, q * 0.02)), int(y + along * (ey - y) + grow.normal(0, q * 0.02)))
                axes = (max(1, int(q * grow.uniform(0.015, 0.04))), max(1, int(q * grow.uniform(0.006, 0.016))))
                cv2.ellipse(leaves, at, axes, grow.uniform(0, 180) + 8 * np.sin(phase + grow.uniform(0, 6)), 0, 360, 255, -1)
            grown += [(ex, ey, a + grow.normal(s, 0.2), length * 0.72, thick * 0.65) for s in (-0.45, 0.45)]
        tips = grown
    return [('dark', wood), ('body', leaves)]


def pole(q, phase, form):
    """A thin upright thing: a pole, a stick, a tripod's leg."""
    mask = blank(q)
    half = max(1, int(q * (0.012 + 0.03 * form[0])))
    cv2.rectangle(mask, (q // 2 - half, 0), (q // 2 + half, q), 255, -1)
    return [('body', mask)]


KINDS = {'walker': walker, 'car': car, 'bird': bird, 'ball': ball, 'bust': bust, 'branch': branch, 'pole': pole}
