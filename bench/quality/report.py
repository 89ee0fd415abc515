"""Means, the table on the terminal, and what is said of each target."""

PEERS = ['middle', 'mertens', 'align+mertens', 'enfuse', 'extended fusion', 'MEF-Net', 'MEFLUT']
# Figure -> heading, digits. M: against the truth as OpenCV's Mertens fuses it.
FIGURES = {'psnr': ('PSNR', 2), 'lead': ('on Mertens', 2), 'ssim': ('SSIM', 4), 'psnrMoved': ('moved', 2),
           'psnrToMertens': ('PSNR M', 2), 'ssimToMertens': ('SSIM M', 4), 'psnrMovedToMertens': ('moved M', 2),
           'highlights': ('lights back', 1), 'shadows': ('shadows back', 1), 'kept': ('kept', 1), 'halo': ('halo', 1), 'glow': ('glow', 1),
           'mefSsim': ('MEF-SSIM', 4), 'mefSsimD': ('MEF-SSIMd', 4), 'flicker': ('flicker', 3), 'pumping': ('pumping', 3),
           'psnrLuma': ('luma PSNR', 2), 'settle': ('settles in', 1), 'dip': ('dip', 2)}

# Group -> % of what the reference lost that is to come back, and of what it shows that is to stay, on real brackets.
BACK = {'real static, lined up': 95, 'real static, as given': 85, 'real dynamic, lined up': 80, 'real dynamic, as given': 70}
KEPT = 97


def summary(rows):
    """group -> method -> figure -> mean over scenes (of those that have the figure)."""
    out = {}
    for group in dict.fromkeys(row['group'] for row in rows):
        mine = [row for row in rows if row['group'] == group]
        methods = dict.fromkeys(row['method'] for row in mine)
        ordered = sorted(methods, key=place)
        out[group] = {method: means([row for row in mine if row['method'] == method]) for method in ordered}
        for method, figures in out[group].items():
            lead = paired(mine, method, 'mertens', 'psnr')
            if lead is not None and method != 'mertens':
                figures['lead'] = lead
    return out


def place(method):
    """In tables: the product, its peers, the truth."""
    return PEERS.index(method) if method in PEERS else len(PEERS) if method == 'truth' else -1


def means(rows):
    """Of each figure over the rows that have it; `fewer` says of which figures not all of them do."""
    out = {'scenes': len(rows), 'fewer': {}}
    for figure in FIGURES:
        values = [row[figure] for row in rows if row.get(figure) is not None]
        if values:
            out[figure] = sum(values) / len(values)
            if len(values) < len(rows):
                out['fewer'][figure] = len(values)
    return out


def paired(rows, method, other, figure):
    """Mean difference over the scenes that both methods have."""
    of = lambda m: {row['scene']: row[figure] for row in rows if row['method'] == m and row.get(figure) is not None}
    a, b = of(method), of(other)
    both = [a[scene] - b[scene] for scene in a if scene in b]
    return sum(both) / len(both) if both else None


def progress(done, count, name, rows, seconds):
    """One line for one scene."""
    first = next(f for f in ('psnr', 'mefSsim', 'mefSsimD', 'flicker') if any(f in row for row in rows))
    rows = [row for row in rows if first in row]
    digits = FIGURES[first][1] if first != 'psnr' else 1
    parts = []
    for method in dict.fromkeys(row['method'] for row in rows):
        values = [f'{row[first]:.{digits}f}' for row in rows if row['method'] == method]
        parts.append(f'{method} {"/".join(values)}')
    return f'{done:2d}/{count} {name:18s}{seconds:6.0f} s   {FIGURES[first][0]}: {"   ".join(parts)}'


def number(count):
    return f'{count} {"scene" if count == 1 else "scenes"}'


def text(result):
    """The tables and the targets."""
    lines = [f'{result["model"]} ({(result["sha256"] or "")[:12]})', 'M: against the truth before, a dense bracket as Mertens fuses it. Back, kept, halo, glow: %, see README.md.']
    for group, methods in result['groups'].items():
        columns = [f for f in FIGURES if any(f in figures for figures in methods.values())]
        count = max(figures['scenes'] for figures in methods.values())
        width = {c: max(7, len(FIGURES[c][0])) + 2 for c in columns}
        lines += ['', f'{group}, {number(count)}', f'  {"":16s}' + ''.join(f'{FIGURES[c][0]:>{width[c]}s}' for c in columns)]
        for method, figures in methods.items():
            cells = ''.join(f'{figures[c]:{"+" if c == "lead" else ""}{width[c]}.{FIGURES[c][1]}f}' if c in figures else ' ' * width[c] for c in columns)
            partial = '' if figures['scenes'] == count else f'   ({figures["scenes"]} of them)'
            lines.append(f'  {method:16s}{cells}{partial}')
        fewer = {f: n for figures in methods.values() for f, n in figures['fewer'].items()}
        lines += [f'  ({FIGURES[f][0]}: {number(n)} with something to measure)' for f, n in fewer.items()]
    lines += ['', 'Targets', *(f'  {t["what"]}: {t["text"]}' for t in result['targets'])]
    return '\n'.join(lines)


def targets(rows):
    """What the project wants, each met or missed and by how much."""
    groups, out = summary(rows), []
    get = lambda group, method, figure: groups.get(group, {}).get(method, {}).get(figure)

    def say(what, value, goal, unit='', digits=2, most=False):
        if value is None or goal is None:
            return
        gap = goal - value if most else value - goal
        verdict = f'met, {gap:.{digits}f}{unit} to spare' if gap >= 0 else f'missed by {-gap:.{digits}f}{unit}'
        out.append({'what': what, 'value': value, 'goal': goal, 'met': gap >= 0,
                    'text': f'{value:.{digits}f}{unit}, wanted {"at most" if most else "at least"} {goal:.{digits}f}{unit}: {verdict}'})

    say('dynamic scenes, PSNR', get('dynamic', 'ipl', 'psnr'), 33, ' dB')
    say('dynamic scenes, SSIM', get('dynamic', 'ipl', 'ssim'), 0.98, digits=4)
    say('dynamic scenes, PSNR on the best peer', lead_on_best([row for row in rows if row['group'] == 'dynamic']), 8, ' dB')
    still, moving = get('static', 'ipl', 'psnr'), get('dynamic', 'ipl', 'psnr')
    if still is not None and moving is not None:
        say('dynamic scenes below the same held still', still - moving, 1.5, ' dB', most=True)
    for group, wanted in BACK.items():
        for figure, goal in {'highlights': wanted, 'shadows': wanted, 'kept': KEPT}.items():
            say(f'{group}, {FIGURES[figure][0]}', get(group, 'ipl', figure), goal, ' %', 1)
    for name in dict.fromkeys(row['scene'] for row in rows if row['scene'].startswith('noise-')):
        of = {row['method']: row['flicker'] for row in rows if row['scene'] == name}
        say(f'flicker of {name} against the reference exposure', of.get('ipl'), of.get('middle'), ' codes', 3, most=True)
    return out


def lead_on_best(rows):
    """dB by which the product is above the peer that comes nearest, each over the scenes that both have."""
    leads = [paired(rows, 'ipl', peer, 'psnr') for peer in PEERS]
    return min((lead for lead in leads if lead is not None), default=None)
