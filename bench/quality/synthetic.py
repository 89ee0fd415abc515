"""Rendered scenes, moving and held still: every method against the truth."""
import metrics
import scenes

GROUPS = {'dynamic': 'moving', 'static': 'still'}  # group -> which pictures of a scene


def measure(picture, scene, group):
    figures = {'psnr': metrics.psnr(picture, scene.truth), 'ssim': metrics.ssim(picture, scene.truth)}
    if group == 'dynamic':
        figures['psnrMoved'] = metrics.psnr(picture, scene.truth, scene.moved)
    return figures


def run(bench, index):
    """Rows {scene, group, method, figures...} of scene number `index`."""
    scene = bench.cache.scene(index, bench.args.data, bench.textures)
    name, rows = scene.recipe.name, []
    for group, kind in GROUPS.items():
        pictures = getattr(scene, kind)
        fused = {}
        for fuser in bench.fusers:
            fused[fuser.name] = fuser.fuse(pictures, scenes.REFERENCE)
            rows.append({'scene': name, 'group': group, 'method': fuser.name, **measure(fused[fuser.name], scene, group)})
        for peer in bench.peers:
            figures = bench.cache.figures(name, group, peer.name, peer.kind)
            if figures is None and bench.args.only != 'ipl':
                picture = peer.fuse(pictures, scenes.REFERENCE)
                figures = measure(picture, scene, group)
                bench.cache.keep(name, group, peer.name, peer.kind, figures, picture)
            if figures is not None:
                rows.append({'scene': name, 'group': group, 'method': peer.name, **figures})
        if bench.page:
            bench.page.scene(bench.cache, scene, group, pictures, fused['ipl'], rows)
    return rows
