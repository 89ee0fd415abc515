"""Times of peers on the pictures of pictures.ts: python3 peers.py WIDTH HEIGHT ROUNDS FILE... (raw I420, dark to bright).

Prints one line of JSON: {"name": [milliseconds, ...]} for each peer that is here, null for one that is not."""
import json
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import cv2
    import numpy
except ImportError:
    print(json.dumps({'OpenCV Mertens': None, 'enfuse': None}))
    sys.exit()


def timed(work, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return times


def main(width, height, rounds, files):
    planes = [numpy.fromfile(name, numpy.uint8).reshape(height * 3 // 2, width) for name in files]
    pictures = [cv2.cvtColor(plane, cv2.COLOR_YUV2BGR_I420) for plane in planes]
    mertens = cv2.createMergeMertens()
    found = {'OpenCV Mertens': timed(lambda: mertens.process(pictures), rounds), 'enfuse': None}
    if shutil.which('enfuse'):
        with tempfile.TemporaryDirectory() as folder:
            names = [f'{folder}/{index}.tif' for index in range(len(pictures))]
            for name, picture in zip(names, pictures):
                cv2.imwrite(name, picture, [cv2.IMWRITE_TIFF_COMPRESSION, 1])
            command = ['enfuse', '-o', f'{folder}/fused.tif', *names]
            found['enfuse'] = timed(lambda: subprocess.run(command, check=True, capture_output=True), 1)
    print(json.dumps(found))


main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
