"""The product's own noise measure and reduction, by way of a Node process (bench/quality/noise-service.ts)."""
import json
import os
import subprocess

import numpy as np

from folders import REPOSITORY

SERVICE = os.path.join(REPOSITORY, 'bench', 'quality', 'noise-service.ts')
LARGEST, LEAST = 32, 1.5  # of a reach in codes: noise-reduction.ts


class Noise:
    """One process for all pictures. Luma [H,W] uint8, full range."""

    def __init__(self):
        self.process = subprocess.Popen(['node', '-r', 'ts-node/register/transpile-only', SERVICE], cwd=REPOSITORY,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, header, lumas):
        h, w = lumas[0].shape
        out = self.process.stdin
        out.write(json.dumps({**header, 'width': w, 'height': h, 'pictures': len(lumas)}).encode() + b'\n')
        for luma in lumas:
            out.write(np.ascontiguousarray(luma, np.uint8).tobytes())
        out.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit('The process that measures noise has gone; its error is above.')
        answer = json.loads(line)
        return answer, np.frombuffer(self.process.stdout.read(answer['bytes']), np.uint8)

    def level(self, lumas, r):
        """Of each exposure -> deviation of the noise of exposure r, in codes."""
        return self.ask({'task': 'level', 'reference': r}, lumas)[0]['level']

    def smooth(self, luma, reach):
        if reach < LEAST:
            return luma
        return self.ask({'task': 'smooth', 'reach': min(LARGEST, reach)}, [luma])[1].reshape(luma.shape)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
