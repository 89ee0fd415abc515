"""Fuses the shipped example video and compares some frames with the truth of its renderer.

usage: python3 models/train/evaluate_video.py --data ../shared/data --pictures DIR
The video's photograph is also among the training photographs, so its figures are no held-out
ones; what counts is the look, and the flicker (change of mean luma from frame to frame).
"""
import argparse
import os
import subprocess

import cv2
import numpy as np
import torch

import camera
import make_media
import measure
import memory
import network
from fuser import Fuser

HERE = os.path.dirname(os.path.abspath(__file__))


def decode(path):
    """uint8 BGR frames [n,h,w,3] of one of the three videos."""
    raw = subprocess.run(['ffmpeg', '-loglevel', 'error', '-i', path, '-vf', 'scale=in_color_matrix=bt709:in_range=tv',
                          '-f', 'rawvideo', '-pix_fmt', 'bgr24', '-threads', '1', '-'], check=True,
                         stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, make_media.HEIGHT, make_media.WIDTH, 3)


def truth(scene, shooter, n):
    """What the middle exposure's instant would give without noise: uint8 BGR."""
    t = n / make_media.RATE
    light = sum(scene.at(t + make_media.SHUTTER[1] * s) for s in (-0.25, 0.25)) / 2
    return camera.truth(light, make_media.EV, shooter.curve)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', default='../shared/data')
    parser.add_argument('--checkpoint', default=os.path.join(HERE, 'runs', 'last.pt'))
    parser.add_argument('--pictures', required=True)
    parser.add_argument('--step', type=int, default=15, help='compare and keep every so many frames')
    args = parser.parse_args()
    memory.keep()
    torch.set_num_threads(1)
    os.makedirs(args.pictures, exist_ok=True)
    model = network.Ipl().eval()
    model.load_state_dict(torch.load(args.checkpoint, map_location='cpu')['model'])
    videos = [decode(os.path.join(make_media.MEDIA, 'video', f'{n}.mp4')) for n in ('under', 'mid', 'over')]
    scene, shooter = make_media.Scene(args.data), make_media.Camera()
    scores = {}
    for n in range(0, len(videos[0]), args.step):
        codes, target = [v[n] for v in videos], truth(scene, shooter, n)
        for method, picture in (('ipl-s', measure.network_fusion(Fuser(model), codes, 1)),
                                ('OpenCV Mertens', measure.mertens(codes)), ('middle exposure', codes[1])):
            scores.setdefault(method, []).append((measure.psnr(picture, target), measure.ssim(picture, target)))
            cv2.imwrite(os.path.join(args.pictures, f'video-{n:02d}-{method.split()[-1]}.png'), picture)
        cv2.imwrite(os.path.join(args.pictures, f'video-{n:02d}-truth.png'), target)
    for method, values in scores.items():
        print(method, 'PSNR %.2f SSIM %.4f' % tuple(np.mean(values, 0)))
    for slices, momentum in ((1, 0.0), (4, 0.0), (4, 0.5), (4, 0.8)):
        fuser, means = Fuser(model, slices, momentum), []
        for n in range(20):
            means.append(measure.network_fusion(fuser, [v[n] for v in videos], 1).mean((0, 1)))
        flicker = np.abs(np.diff(np.array(means)[1:], 2, axis=0)).mean()
        print(f'{slices} slices, momentum {momentum}: second difference of the mean {flicker:.3f} codes')


if __name__ == '__main__':
    main()
