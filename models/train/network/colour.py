"""Colours that a picture can show, and rounding with a gradient."""
import torch


def fake_round(x):
    """Round with a straight-through gradient (training); a plain Round when exported."""
    if torch.onnx.is_in_onnx_export():
        return torch.round(x)
    return x + (torch.round(x) - x).detach()


def displayable(luma, blue, red):
    """Luma, Cb and Cr less grey, [B,1,R,w] each -> [B,3,R,w] with R, G and B kept in 0..1.

    A pyramid blend overshoots, up to 1.3 where a bracket spans much, and the truth is a picture, so it is clipped. Without
    the same clipping here the survey has to lie about such areas, and errs elsewhere for it (models/README.md)."""
    r, g, b = (clipped(x) for x in rgb_of(luma, blue, red))
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return torch.cat([luma, (b - luma) / 1.8556, (r - luma) / 1.5748], 1)


def rgb_of(luma, blue, red):
    """Luma, Cb and Cr less grey (or differences of them), BT.709 -> R, G, B"""
    return luma + 1.5748 * red, luma - 0.1873 * blue - 0.4681 * red, luma + 1.8556 * blue


def clipped(x):
    """To 0..1; in training a tenth of the gradient passes beyond, so that what is clipped by mistake comes back."""
    inside = x.clamp(0, 1)
    if torch.onnx.is_in_onnx_export():
        return inside
    return inside + 0.1 * ((x - inside) - (x - inside).detach())
