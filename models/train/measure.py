"""Quality figures and the methods that the network is compared with."""
import os
import subprocess
import tempfile

import cv2
import numpy as np
import torch

import camera
import rule
from fuser import Fuser


def psnr(picture, truth, where=None):
    """Over all channels of uint8 pictures [h,w,3]; `where` weighs pixels [h,w]."""
    error = (picture.astype(np.float32) - truth) ** 2
    mean = error.mean() if where is None else (error.mean(2) * where).sum() / max(where.sum(), 1)
    return float(10 * np.log10(255 ** 2 / max(mean, 1e-3)))


def ssim(picture, truth):
    """Mean structural similarity (Wang 2004: Gaussian of 1.5 pixels) of the three channels."""
    blur = lambda x: cv2.GaussianBlur(x, (11, 11), 1.5)
    c1, c2, out = (0.01 * 255) ** 2, (0.03 * 255) ** 2, []
    for c in range(3):
        a, b = picture[..., c].astype(np.float32), truth[..., c].astype(np.float32)
        ma, mb = blur(a), blur(b)
        va, vb, vab = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
        out.append(((2 * ma * mb + c1) * (2 * vab + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))).mean())
    return float(np.mean(out))


def mertens(codes):
    """OpenCV's exposure fusion, default weights: uint8 [h,w,3]."""
    return camera.to_code(cv2.createMergeMertens().process(codes))


def aligned_mertens(codes):
    """The same after OpenCV's median threshold bitmap alignment."""
    out = [c.copy() for c in codes]
    cv2.createAlignMTB().process(codes, out)
    return mertens(out)


def enfuse(codes):
    """enfuse with its defaults, PNG in and out."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, f'{i}.png') for i in range(len(codes))]
        for path, code in zip(paths, codes):
            cv2.imwrite(path, code, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        out = os.path.join(folder, 'out.png')
        subprocess.run(['enfuse', '--no-parameter-environment', '-v0', '-o', out] + paths, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not os.path.exists(out):
            subprocess.run(['enfuse', '-o', out] + paths, check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        return cv2.imread(out, cv2.IMREAD_COLOR)


def network_fusion(fuser, codes, r):
    """This network through 4:2:0 planes, as in GStreamer: uint8 BGR [h,w,3] (even sizes)."""
    planes = [camera.to_planes(c) for c in codes]
    y = torch.from_numpy(np.stack([p[0] for p in planes])).float() / 255
    chroma = torch.from_numpy(np.stack([p[1] for p in planes])).float() / 255
    fused, colour = (255 * x.numpy() for x in fuser.fuse(y, chroma, r))
    return camera.to_bgr(fused, colour).round().astype(np.uint8)
