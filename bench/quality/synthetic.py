"""Rendered scenes, moving and held still: every method against the truth."""
import metrics
import scenes
from detail import Detail

GROUPS = {'dynamic': 'moving', 'static': 'still'}  # group -> which pictures of a scene
THREE = 3  # exposures of the groups that the targets are for
OF_THREE = {'MEFLUT'}  # peers that take no other number: its authors published a table for each of three exposures


def measure(picture, scene, kind, detail):
    figures = {}
    for truth, suffix in ((scene.truth, ''), (scene.mertens_truth, 'ToMertens')):
        figures['psnr' + suffix] = metrics.psnr(picture, truth)
        figures['ssim' + suffix] = metrics.ssim(picture, truth)
        if kind == 'moving':
            figures['psnrMoved' + suffix] = metrics.psnr(picture, truth, scene.moved)
    return {**figures, **detail.score(picture)}


def run(bench, index):
    """Rows {scene, group, method, figures...} of scene number `index` of scenes.ALL."""
    scene = bench.cache.scene(index, bench.args.data, bench.textures)
    name, count, rows = scene.recipe.name, scene.recipe.exposures, []
    reference = scenes.reference_of(count)
    detail = Detail(scene.clean, reference)
    for group, kind in GROUPS.items():
        group = group if count == THREE else f'{count} exposures {group}'
        pictures = getattr(scene, kind)
        fused = {}
        for fuser in bench.fusers:
            fused[fuser.name] = fuser.fuse(pictures, reference)
            rows.append({'scene': name, 'group': group, 'method': fuser.name, **measure(fused[fuser.name], scene, kind, detail)})
        for peer in bench.peers:
            if peer.name in OF_THREE and count != THREE:
                continue
            figures = bench.cache.figures(name, group, peer.name, peer.kind)
            if figures is None and bench.args.only != 'ipl':
                picture = peer.fuse(pictures, reference)
                figures = measure(picture, scene, kind, detail)
                bench.cache.keep(name, group, peer.name, peer.kind, figures, picture)
            if figures is not None:
                rows.append({'scene': name, 'group': group, 'method': peer.name, **figures})
        # The truth is no method: this says what its look alone does.
        rows.append({'scene': name, 'group': group, 'method': 'truth', **detail.score(scene.truth)})
        if bench.page:
            bench.page.scene(bench.cache, scene, group, pictures, fused['ipl'], rows)
    return rows
