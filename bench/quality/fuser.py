"""Fuses through the product: raw planes go to the Node process that started this one, and the fused plane comes back.

A request is one line of JSON and the payloads; so is an answer (fusion-service.ts). One process serves all pictures.
"""
import json
import os

import planes

TO_NODE, FROM_NODE = 3, 4  # file descriptors that index.ts opens


class Fuser:
    """One engine of the product. `slices` cuts pictures in about as many; None leaves the product's default. `denoise` is the share
    of its noise reduction."""

    def __init__(self, name, model=None, slices=None, denoise=1.0):
        self.name, self.model, self.slices, self.denoise = name, model, slices, denoise
        self.info = {}

    def fuse(self, pictures, reference, reset=True):
        """uint8 BGR pictures -> the fused one. `reset` forgets what came before."""
        h, w = pictures[0].shape[:2]
        fused = self.fuse_planes([planes.to_i420(p) for p in pictures], h, w, reference, reset)
        return planes.to_bgr(fused, h, w)

    def fuse_planes(self, payloads, h, w, reference, reset=True):
        """I420 bytes -> I420 bytes."""
        header = {'engine': self.name, 'model': self.model, 'slices': self.slices, 'width': w, 'height': h,
                  'exposures': len(payloads), 'reference': reference, 'reset': reset, 'denoise': self.denoise}
        self.info, fused = ask(header, payloads)
        return fused


def ask(header, payloads):
    """@returns (what the process says of its picture, the picture)"""
    requests().write(json.dumps(header).encode() + b'\n')
    for payload in payloads:
        requests().write(payload)
    requests().flush()
    line = answers().readline()
    if not line:
        raise SystemExit('The fusing process has gone.')
    info = json.loads(line)
    if 'error' in info:
        raise SystemExit(info['error'])
    return info, answers().read(info['size'])


_pipes = {}


def requests():
    return _open('requests', TO_NODE, 'wb')


def answers():
    return _open('answers', FROM_NODE, 'rb')


def _open(name, descriptor, mode):
    if name not in _pipes:
        try:
            _pipes[name] = os.fdopen(descriptor, mode, buffering=1 << 20)
        except OSError:
            raise SystemExit('Start this through `npm run bench:quality`: the product fuses the pictures.') from None
    return _pipes[name]
