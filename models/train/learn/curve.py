"""The log of a training, one JSON object a line, and a picture of its curves."""
import json

import cv2
import numpy as np

WIDTH, HEIGHT, LEFT, GAP = 1000, 260, 70, 34
COLOURS = [(180, 90, 20), (30, 120, 230), (60, 150, 60), (150, 60, 160), (40, 40, 200), (140, 140, 30), (90, 90, 90)]


def append(path, row):
    with open(path, 'a') as file:
        file.write(json.dumps(row) + '\n')


def read(path, before):
    """Rows of the steps up to `before`: what came after a checkpoint is told again."""
    with open(path) as file:
        return [row for row in map(json.loads, file) if row['step'] <= before]


def rewrite(path, rows):
    with open(path, 'w') as file:
        file.writelines(json.dumps(row) + '\n' for row in rows)


def draw(rows, path):
    """Losses above, PSNR of the validation below."""
    steps = [row['step'] for row in rows]
    losses = {name: [row[name] for row in rows] for name in ('pixels', 'map')}
    scores = {name: [row['psnr'][name] for row in rows] for name in rows[-1]['psnr']}
    panels = [panel('loss', steps, losses)] + ([panel('validation, dB', steps, scores)] if scores else [])
    cv2.imwrite(path, np.vstack(panels))


def panel(title, steps, curves):
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    values = np.array(list(curves.values()), np.float64)
    low, high = values.min(), values.max()
    span, last = max(high - low, 1e-9), max(steps[-1], 1)
    write = lambda text, x, y, colour=(60, 60, 60): cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
    place = lambda step, value: (int(LEFT + (WIDTH - LEFT - 20) * step / last), int(HEIGHT - GAP - (HEIGHT - 2 * GAP) * (value - low) / span))
    write(title, 8, 18)
    write(f'{high:.4g}', 8, place(0, high)[1] + 4)
    write(f'{low:.4g}', 8, place(0, low)[1] + 4)
    write(f'step {last}', WIDTH - 110, HEIGHT - 10)
    for index, (name, found) in enumerate(curves.items()):
        colour = COLOURS[index % len(COLOURS)]
        cv2.polylines(picture, [np.int32([place(*at) for at in zip(steps, found)])], False, colour, 1, cv2.LINE_AA)
        write(name, 160 + 135 * index, 18, colour)
    return picture
