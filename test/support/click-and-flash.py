"""Finds the clicks and the flashes of a recording, and prints the times of each in seconds, as a viewer would see and hear them.

    click-and-flash.py FILE: every flash is a picture that is bright after a dark one, every click a sample that is loud after silence.
"""
import json
import re
import subprocess
import sys

RATE = 48000
SIDE = 16
LOUD = 6000


def run(*command):
    return subprocess.run(command, capture_output=True, check=True)


def pictures(name):
    """Times of all pictures, and whether each is bright: showinfo tells both in one go."""
    done = run('ffmpeg', '-v', 'info', '-copyts', '-i', name, '-an', '-vf', f'scale={SIDE}:{SIDE},showinfo', '-fps_mode', 'passthrough', '-f', 'null', '-')
    found = re.findall(r'pts_time:\s*(-?[\d.]+).*?mean:\[(\d+)', done.stderr.decode())
    return [(float(time), int(mean) > 120) for time, mean in found]


def sound(name):
    """(time, samples) of each piece, so that gaps keep their length: aresample fills them by the time stamps, and begins at zero."""
    done = run('ffmpeg', '-v', 'error', '-copyts', '-i', name, '-vn', '-af', f'aresample={RATE}:async=1:min_comp=0.001:min_hard_comp=0.001:first_pts=0', '-ac', '1', '-f', 's16le', '-')
    return memoryview(done.stdout).cast('h')


def clicks(samples):
    times, quiet = [], RATE
    for index, value in enumerate(samples):
        if abs(value) < LOUD:
            quiet += 1
            continue
        if quiet > RATE // 20:
            times.append(index / RATE)
        quiet = 0
    return times


def main(name):
    seen = pictures(name)
    flashes = [time for (_, before), (time, bright) in zip(seen, seen[1:]) if bright and not before]
    probed = json.loads(run('ffprobe', '-v', 'error', '-show_streams', '-of', 'json', name).stdout)
    kinds = {stream['codec_type']: stream for stream in probed['streams']}
    heard = clicks(sound(name)) if 'audio' in kinds else []
    codec = kinds.get('audio', {}).get('codec_name')
    print(json.dumps({'flashes': flashes, 'clicks': heard, 'pictures': len(seen), 'codec': codec, 'first': seen[0][0] if seen else None}))


main(sys.argv[1])
