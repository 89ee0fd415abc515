"""Rendered scenes, moving and held still: every method against the truth."""
import metrics
import scenes

GROUPS = {'dynamic': 'moving', 'static': 'still'}  # group -> which pictures of a scene
THREE = 3  # exposures of the groups that the targets are for
OF_THREE = {'MEFLUT'}  # peers that take no other number: its authors published a table for each of three exposures


def measure(picture, scene, kind):
    figures = {'psnr': metrics.psnr(picture, scene.truth), 'ssim': metrics.ssim(picture, scene.truth)}
    if kind == 'moving':
        figures['psnrMoved'] = metrics.psnr(picture, scene.truth, scene.moved)
    return figures


def run(bench, index):
    """Rows {scene, group, method, figures...} of scene number `index` of scenes.ALL."""
    scene = bench.cache.scene(index, bench.args.data, bench.textures)
    name, count, rows = scene.recipe.name, scene.recipe.exposures, []
    reference = scenes.reference_of(count)
    for group, kind in GROUPS.items():
        group = group if count == THREE else f'{count} exposures {group}'
        pictures = getattr(scene, kind)
        fused = {}
        for fuser in bench.fusers:
            fused[fuser.name] = fuser.fuse(pictures, reference)
            rows.append({'scene': name, 'group': group, 'method': fuser.name, **measure(fused[fuser.name], scene, kind)})
        for peer in bench.peers:
            if peer.name in OF_THREE and count != THREE:
                continue
            figures = bench.cache.figures(name, group, peer.name, peer.kind)
            if figures is None and bench.args.only != 'ipl':
                picture = peer.fuse(pictures, reference)
                figures = measure(picture, scene, kind)
                bench.cache.keep(name, group, peer.name, peer.kind, figures, picture)
            if figures is not None:
                rows.append({'scene': name, 'group': group, 'method': peer.name, **figures})
        if bench.page:
            bench.page.scene(bench.cache, scene, group, pictures, fused['ipl'], rows)
    return rows
