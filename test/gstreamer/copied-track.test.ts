/** Packets of a source as they are: at their times, with silence in whole packets where some are missing. */
import test from 'ava';
import type { SoundPacket } from '../../plugin/core/sound/sound-line';
import { MILLISECOND, SECOND, type Nanoseconds } from '../../plugin/core/time';
import { CopiedTrack } from '../../plugin/gstreamer/sound/copied-track';
import { packetFormat } from '../../plugin/gstreamer/sound/encoded-packet';
import type { Piece } from '../../plugin/gstreamer/sound/track';

const OPUS = 'audio/x-opus, rate=(int)48000, channels=(int)2, channel-mapping-family=(int)0, stream-count=(int)1, coupled-count=(int)1';
const AAC = 'audio/mpeg,mpegversion=(int)4,framed=(boolean)true,stream-format=(string)raw,rate=(int)48000,channels=(int)2,codec_data=(buffer)1190';
const MP3 = 'audio/mpeg, mpegversion=(int)1, layer=(int)3, rate=(int)48000, channels=(int)2, parsed=(boolean)true';
const LENGTH = 20n * MILLISECOND;
const SILENCE = packetFormat(OPUS)?.silence;

const packet = (runningTime: Nanoseconds, mark = 'a', caps = OPUS): SoundPacket => ({ payload: Buffer.from(mark), runningTime, duration: LENGTH, caps });

/** One in whose pipeline packets of Opus go. */
function trackOf(...packets: readonly SoundPacket[]): CopiedTrack {
  const track = new CopiedTrack(() => true);
  for (const each of packets) track.add(each);
  track.chain();
  track.begin(0n);
  return track;
}

const shown = (pieces: readonly Piece[]): string => pieces.map(({ data, pts }) => `${SILENCE?.equals(data) ? '-' : data.toString()}${pts / MILLISECOND}`).join(' ');

test('packets go in untouched, each at its time, up to where the pictures are', (t) => {
  const track = trackOf(packet(0n, 'a'), packet(20n * MILLISECOND, 'b'), packet(40n * MILLISECOND, 'c'));
  t.is(shown(track.take(30n * MILLISECOND, 0n)), 'a0 b20');
  t.is(shown(track.take(SECOND, 0n)), 'c40');
});

test('a gap is silence in whole packets, and what comes behind it is at its time to the nanosecond', (t) => {
  const track = trackOf(packet(0n, 'a'), packet(87n * MILLISECOND + 1n, 'b'), packet(107n * MILLISECOND + 1n, 'c'));
  const pieces = track.take(SECOND, 0n);
  t.is(shown(pieces), 'a0 -20 -40 -60 b87 c107');
  t.is(pieces[4]?.pts, 87n * MILLISECOND + 1n);
});

test('what comes twice, or after silence took its place, is left out; what begins before the pictures, too', (t) => {
  const track = trackOf(packet(-7n * MILLISECOND, 'x'), packet(13n * MILLISECOND, 'a'));
  t.is(shown(track.take(20n * MILLISECOND, 90n * MILLISECOND)), 'a13 -33 -53 -73');
  for (const [at, mark] of [[75n, 'b'], [95n, 'c'], [115n, 'd'], [115n, 'd']] as const) track.add(packet(at * MILLISECOND, mark));
  t.is(shown(track.take(SECOND, 0n)), 'c95 d115');
});

test('a rounding error costs no packet, and adds none', (t) => {
  const track = trackOf(packet(0n));
  t.is(shown(track.take(SECOND, 20n * MILLISECOND + 1000n)), 'a0');
  t.is(shown(trackOf(packet(-1000n)).take(SECOND, 0n)), 'a0');
});

// Left alone it would be half a second off by then.
for (const ppm of [-300, 300]) {
  test(`a sender's clock that is off by ${ppm} ppm is followed for half an hour, and no packet is lost or added`, (t) => {
    const track = trackOf(packet(3n * MILLISECOND));
    let [worst, count] = [0, track.take(SECOND, 0n).length];
    for (let index = 1; index < 1800 * 50; index += 1) {
      const jitter = BigInt((index * 7919) % 5) * MILLISECOND - 2n * MILLISECOND;
      const stamp = (BigInt(index) * LENGTH * BigInt(1_000_000 + ppm)) / 1_000_000n + 3n * MILLISECOND;
      track.add(packet(stamp + jitter));
      const pieces = track.take(stamp + SECOND, 0n);
      count += pieces.length;
      if (index > 200) worst = Math.max(worst, ...pieces.map(({ pts }) => Math.abs(Number(pts - stamp)) / 1e6));
    }
    t.is(count, 1800 * 50);
    t.true(worst < 5, `${worst} ms`);
  });
}

test('stamps that move by less than a gap, as a live source finds its place, are followed within two seconds', (t) => {
  const track = trackOf(packet(0n));
  track.take(SECOND, 0n);
  const offsets: number[] = [];
  for (let index = 1n; index <= 100n; index += 1n) {
    track.add(packet(index * LENGTH + 9n * MILLISECOND));
    offsets.push(...track.take(index * LENGTH + SECOND, 0n).map(({ pts }) => Number(index * LENGTH + 9n * MILLISECOND - pts) / 1e6));
  }
  t.is(offsets.length, 100);
  t.true((offsets.at(-1) ?? 9) < 2, String(offsets.at(-1)));
});

test('other packets need another pipeline, when their time has come; those that nothing takes are none', (t) => {
  const track = trackOf(packet(0n), packet(20n * MILLISECOND, 'b', AAC));
  t.false(track.add(packet(30n * MILLISECOND, 'm', MP3)));
  t.is(shown(track.take(SECOND, 0n)), 'a0');
  t.false(track.needsAnother(20n * MILLISECOND));
  t.true(track.needsAnother(40n * MILLISECOND));
  t.is(track.chain()?.codec, 'aac');
  track.begin(20n * MILLISECOND);
  t.false(track.needsAnother(SECOND));
  t.is(shown(track.take(SECOND, 0n)), 'b20');
});

test('as long as nothing came, there is nothing to make a pipeline for; the first packet asks for one', (t) => {
  const track = trackOf();
  t.is(track.chain(), undefined);
  t.false(track.needsAnother(SECOND));
  track.add(packet(0n));
  t.true(track.needsAnother(SECOND));
});

test('where the sound of a file begins is where its first packet does', (t) => {
  const track = trackOf(packet(0n), packet(20n * MILLISECOND), packet(53n * MILLISECOND));
  track.take(SECOND, 0n);
  t.deepEqual([0n, 20n, 21n, 53n, 60n].map((time) => track.packetFrom(time * MILLISECOND) / MILLISECOND), [0n, 20n, 53n, 53n, 73n]);
});
