"""The HTML page: bench/quality/out/index.html with its pictures beside it. Not in git: some pictures may not be shown on."""
import html
import os
import shutil

import cv2
import numpy as np

from report import FIGURES
from scenes import reference_of

HERE = os.path.dirname(os.path.abspath(__file__))
WIDE = 960        # pixels of a whole picture on the page
CROP, CROPS = 384, 3
GAIN = 4          # of difference maps
TITLES = {'ipl': 'gst-ipl', 'middle': 'middle exposure', 'mertens': 'OpenCV Mertens', 'align+mertens': 'AlignMTB + Mertens',
          'enfuse': 'enfuse', 'extended fusion': 'extended fusion', 'truth': 'truth', 'MEF-Net': 'MEF-Net', 'MEFLUT': 'MEFLUT'}


class Page:
    def __init__(self):
        self.folder = os.path.join(HERE, 'out')
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.sections = []

    def scene(self, cache, scene, group, exposures, fused, rows):
        """A rendered scene: there is a truth, so the worst places are known."""
        name = f'{scene.recipe.name}-{group}'
        error = cv2.absdiff(fused, scene.truth)
        reference = exposures[reference_of(len(exposures))]
        captions = (TITLES['middle'] if picture is reference else f'exposure {k + 1}' for k, picture in enumerate(exposures))
        shown = [*zip(captions, exposures), ('truth', scene.truth), ('gst-ipl', fused)]
        others = self.others(cache, scene.recipe.name, group, rows)
        whole = shown + others + [(f'difference to the truth, {GAIN} times', amplified(error))]
        crops = [('truth', scene.truth), ('gst-ipl', fused), (TITLES['middle'], reference),
                 *[o for o in others if o[0] in (TITLES['mertens'], TITLES['extended fusion'])], (f'difference, {GAIN} times', amplified(error))]
        self.add(name, f'{scene.recipe.name}, {group}', recipe_text(scene), rows, scene.recipe.name, group, whole, crops, error)

    def real(self, cache, name, group, exposures, fused, rows, marked=None):
        """A real bracket: shown at 100 % where the result differs most from the middle exposure and from Mertens."""
        others = self.others(cache, name, group, rows)
        whole = [('dark exposure', exposures[0]), ('middle exposure', exposures[1]), ('bright exposure', exposures[2]),
                 ('gst-ipl', fused), *others]
        if marked is not None:
            whole.append(('lost detail: back in green, missing in red', marked))
        reference = next((p for title, p in others if title == TITLES['mertens']), exposures[1])
        crops = [('gst-ipl', fused), *[(t, p) for t, p in whole if t in (TITLES['mertens'], TITLES['extended fusion'], 'dark exposure', 'middle exposure', 'bright exposure')]]
        self.add(f'{group.replace(",", "").replace(" ", "-")}-{name}', f'{name}, {group}', 'The full picture opens on a click.', rows, name, group, whole,
                 crops, cv2.absdiff(fused, reference), full=True)

    def others(self, cache, name, group, rows):
        """Pictures of the peers, as the cache has them (JPEG)."""
        out = []
        for row in rows:
            path = cache.picture_path(name, group, row['method'])
            if row['scene'] == name and row['group'] == group and row['method'] != 'middle' and os.path.exists(path):
                out.append((TITLES.get(row['method'], row['method']), cv2.imread(path)))
        return out

    def add(self, name, title, note, rows, scene, group, whole, crops, error, full=False):
        mine = [r for r in rows if r['scene'] == scene and r['group'] == group]
        parts = [f'<section id="{name}"><h2>{html.escape(title)}</h2><p>{html.escape(note)}</p>{table(mine)}<div class="grid">']
        for index, (caption, picture) in enumerate(whole):
            scale = WIDE / picture.shape[1]
            small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
            file = self.save(f'{name}-{index}.jpg', small, 85)
            link = self.save(f'{name}-{index}-full.jpg', picture, 95) if full and caption == 'gst-ipl' else file
            parts.append(figure(file, caption, link))
        parts.append('</div>')
        for index, (x, y) in enumerate(worst(error)):
            parts.append(f'<h3>At 100 %, from ({x}, {y})</h3><div class="grid crops">')
            for number, (caption, picture) in enumerate(crops):
                file = self.save(f'{name}-crop{index}-{number}.jpg', picture[y:y + CROP, x:x + CROP], 92)
                parts.append(figure(file, caption, file))
            parts.append('</div>')
        self.sections.append((name, title, ''.join(parts) + '</section>'))

    def save(self, file, picture, quality):
        cv2.imwrite(os.path.join(self.folder, file), picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return file

    def write(self, text):
        """@returns path of the finished page; `text` is the table that the terminal shows."""
        links = ''.join(f'<a href="#{name}">{html.escape(title)}</a>' for name, title, _ in self.sections)
        body = ''.join(section for _, _, section in self.sections)
        path = os.path.join(self.folder, 'index.html')
        with open(path, 'w') as file:
            file.write(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>gst-ipl: quality</title>'
                       f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>'
                       f'<h1>gst-ipl: quality</h1><pre>{html.escape(text.strip())}</pre><nav>{links}</nav>{body}</html>\n')
        return path


def recipe_text(scene):
    r = scene.recipe
    moves = ', '.join(r.moves)
    return (f'{r.source}; camera "{r.camera}", {r.gap:g} EV apart, noise "{r.noise}", shake {r.shake:g} pixels; {moves}')


def table(rows):
    """One row a method, one column a figure."""
    figures = list(dict.fromkeys(k for r in rows for k in r if k not in ('scene', 'group', 'method')))
    head = ''.join(f'<th>{FIGURES[f][0]}</th>' for f in figures)
    cell = lambda value, figure: '<td></td>' if value is None else f'<td>{value:.{FIGURES[figure][1]}f}</td>'
    body = ''.join(f'<tr><th>{html.escape(TITLES.get(r["method"], r["method"]))}</th>{"".join(cell(r.get(f), f) for f in figures)}</tr>' for r in rows)
    return f'<div class="wide"><table><tr><th></th>{head}</tr>{body}</table></div>'


def figure(file, caption, link):
    return (f'<figure><a href="{link}"><img loading="lazy" src="{file}" alt="{html.escape(caption)}"></a>'
            f'<figcaption>{html.escape(caption)}</figcaption></figure>')


def amplified(error):
    return np.minimum(error.astype(np.uint16) * GAIN, 255).astype(np.uint8)


def worst(error):
    """Corners (x, y) of the CROPS windows with the greatest error that do not touch."""
    h, w = error.shape[:2]
    side = min(CROP, h, w)
    squares = (error.astype(np.float32) ** 2).sum(2)
    step = max(1, side // 4)
    means = cv2.blur(squares, (side, side))[side // 2:h - side // 2 + 1:step, side // 2:w - side // 2 + 1:step].copy()
    found = []
    while len(found) < CROPS and means.size and means.max() > 0:
        row, column = np.unravel_index(means.argmax(), means.shape)
        found.append((int(min(column * step, w - side)), int(min(row * step, h - side))))
        means[max(0, row - 4):row + 5, max(0, column - 4):column + 5] = 0
    return found


STYLE = '''
:root { color-scheme: light dark; --line: #8884; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 110rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; } h3 { font-size: 1rem; }
pre, .wide { overflow-x: auto; } pre { font-size: .85rem; padding: 1rem; border: 1px solid var(--line); border-radius: .4rem; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .1rem .8rem .1rem 0; text-align: right; white-space: nowrap; }
th:first-child { text-align: left; }
.grid { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); margin: 1rem 0; }
.crops { grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
figure { margin: 0; } img { width: 100%; height: auto; display: block; border-radius: .3rem; } .crops img { image-rendering: pixelated; max-width: 384px; }
figcaption { font-size: .85rem; opacity: .8; }
'''
