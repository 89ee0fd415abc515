/** Sound as one stream: gaps are silence, what comes twice is left out, and a clock that drifts is followed for hours. */
import test from 'ava';
import { lengthOf, SOUND, SOUND_CAPS, type SoundPacket } from '../../plugin/core/sound/sound-line';
import { packetFrom } from '../../plugin/gstreamer/sound/sound-codecs';
import { SampleTrack } from '../../plugin/gstreamer/sound/sample-track';
import { MILLISECOND, SECOND } from '../../plugin/core/time';

/** All of its samples have one value. */
function packet(runningTime: bigint, samples = 960, value = 1): SoundPacket {
  return { runningTime, duration: lengthOf(samples), caps: SOUND_CAPS, payload: Buffer.alloc(samples * SOUND.bytesPerSample, value) };
}

const samplesOf = (sound: Buffer): number => sound.length / SOUND.bytesPerSample;
/** The first sample that is none of silence. */
const firstLoud = (sound: Buffer): number => Math.floor(sound.findIndex((byte) => byte !== 0) / SOUND.bytesPerSample);

test('what is missing is silence of its length', (t) => {
  const track = new SampleTrack();
  track.begin(0n);
  track.waiting.add(packet(0n));
  track.waiting.add(packet(100n * MILLISECOND, 960, 2));
  const sound = track.take(SECOND, 0n);
  t.is(samplesOf(sound), 4800 + 960);
  t.true(sound.subarray(960 * 4, 4800 * 4).every((byte) => byte === 0));
  t.is(sound[4800 * 4], 2);
});

test('what comes twice, or after silence took its place, is left out', (t) => {
  const track = new SampleTrack();
  track.begin(0n);
  t.is(samplesOf(track.take(0n, 50n * MILLISECOND)), 2400);
  track.waiting.add(packet(20n * MILLISECOND));
  track.waiting.add(packet(40n * MILLISECOND));
  const sound = track.take(SECOND, 0n);
  t.is(samplesOf(sound), 480);
  t.is(track.position, 60n * MILLISECOND);
});

test('after silence, sound begins where its stamp says, also where that is near', (t) => {
  const track = new SampleTrack();
  track.begin(0n);
  track.waiting.add(packet(7n * MILLISECOND));
  t.is(firstLoud(track.take(SECOND, 0n)), 336);
});

// Left alone it would be half a second off by then.
for (const ppm of [-300, 300]) {
  test(`a sound card that is off by ${ppm} ppm is followed for half an hour`, (t) => {
    const track = new SampleTrack();
    track.begin(0n);
    let worst = 0;
    for (let index = 0; index < 1800 * 50; index += 1) {
      const jitter = BigInt((index * 7919) % 5) * MILLISECOND - 2n * MILLISECOND;
      const stamp = (BigInt(index) * 20n * MILLISECOND * BigInt(1_000_000 + ppm)) / 1_000_000n + 3n * MILLISECOND;
      track.waiting.add(packet(stamp + jitter));
      const before = track.position;
      track.take(stamp + SECOND, 0n);
      if (index > 200) worst = Math.max(worst, Math.abs(Number(before - stamp)) / 1e6);
    }
    t.true(worst < 5, `${worst} ms`);
  });
}

test('what waits is bounded: the newest ten seconds', (t) => {
  const track = new SampleTrack();
  track.begin(0n);
  for (let index = 0n; index < 6000n; index += 1n) track.waiting.add(packet(index * 20n * MILLISECOND));
  t.true(track.waiting.begun >= 109n * SECOND);
});

test('packets of a file begin with or after its pictures', (t) => {
  t.is(packetFrom('aac', 0n, 0n), 0n);
  t.is(packetFrom('aac', 0n, 2n * SECOND), lengthOf(94 * 1024));
  t.is(packetFrom('opus', 0n, 2n * SECOND), lengthOf(101 * 960 - 312));
});
