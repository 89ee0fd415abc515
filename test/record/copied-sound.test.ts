/** Sound that is passed through: the very packets of its source, at their times, in every file. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { clapperFilm, clapsIn, offsets, soundPackets, type Film, type Packet } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { load, runToEnd } from '../support/run-graph';

/** Seconds. */
const LIMIT = 0.02;

const recordings = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.mp4')).sort().map((name) => path.join(folder, name));
const hashes = (packets: readonly Packet[]): string[] => packets.map(({ hash }) => hash);

interface Row extends Omit<Film, 'seconds'> {
  readonly file: string;
  readonly codec: string;
  /** Seconds of a packet. */
  readonly packet: number;
  readonly channels?: number;
}

const rows: Record<string, Row> = {
  'AAC in MP4': { file: 'film.mp4', codec: 'aac', packet: 1024 / 48_000 },
  'AAC in a transport stream, 44.1 kHz': { file: 'film.ts', rate: 44_100, codec: 'aac', packet: 1024 / 44_100 },
  'AAC of 5.1 channels': { file: 'film.ts', sound: ['-c:a', 'aac', '-ac', '6'], codec: 'aac', packet: 1024 / 48_000, channels: 6 },
  'Opus in MP4': { file: 'opus.mp4', sound: ['-c:a', 'libopus'], codec: 'opus', packet: 0.02 },
  'Opus in a transport stream': { file: 'opus.ts', sound: ['-c:a', 'libopus', '-ac', '2'], codec: 'opus', packet: 0.02, channels: 2 },
};

for (const [name, { file, codec, packet, channels = 1, ...film }] of Object.entries(rows)) {
  test.serial(`${name}: recorded untouched, beside its pictures, in every segment`, async (t) => {
    t.timeout(60_000);
    const folder = temporaryFolder();
    const source = await clapperFilm(path.join(folder, file), { seconds: 7, ...film });
    const out = path.join(folder, 'out');
    const { error, warnings } = await runToEnd(
      await load(`nodes:
  cam: { use: source, uri: '${source}' }
  rec: { use: record, from: cam, to: '${out}', segment: 2s, preset: ultrafast, audio: cam, audioCodec: copy }
`),
    );
    t.deepEqual([error, warnings], [undefined, []]);
    const files = recordings(out);
    t.is(files.length, 4);
    const packets = await Promise.all(files.map(soundPackets));
    const [sent, recorded] = [hashes(await soundPackets(source)), packets.flatMap(hashes)];
    // The first begins before the pictures do, and the demuxer may leave out the last.
    t.is(unlike(recorded, sent.slice(1, -1)), undefined);
    t.true(recorded.length <= sent.length, `${recorded.length} of ${sent.length}`);
    for (const each of packets) {
      for (const [index, { time }] of each.slice(1).entries()) t.true(Math.abs(time - (each[index]?.time ?? 0) - packet) < 0.001, `${index}: ${time}`);
    }
    const claps = await Promise.all(files.map(clapsIn));
    t.log(claps.map((each) => offsets(each).map((offset) => offset && Math.round(offset * 1e4) / 10)));
    t.is(claps.reduce((sum, { pictures }) => sum + pictures, 0), 210);
    t.true(claps.reduce((sum, { flashes }) => sum + flashes.length, 0) >= 3);
    for (const each of claps) {
      t.is(each.codec, codec);
      for (const offset of offsets(each)) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
    }
    t.is(probe(files[1], 'channels'), String(channels));
    t.is(probe(files[1], 'sample_rate'), String(film.rate ?? 48_000));
  });
}

test.serial('one source, two outputs: passed through to one, encoded for the other', async (t) => {
  t.timeout(60_000);
  const folder = temporaryFolder();
  const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 5 });
  const [copied, encoded] = [path.join(folder, 'copied'), path.join(folder, 'encoded')];
  for (const play of ['once', 'live']) {
    const { error, warnings } = await runToEnd(
      await load(`nodes:
  cam: { use: source, uri: '${film}', play: ${play} }
  a: { use: record, from: cam, to: '${copied}', preset: ultrafast, audio: cam, audioCodec: copy }
  b: { use: record, from: cam, to: '${encoded}', preset: ultrafast, audio: cam, audioCodec: opus }
`),
    );
    t.deepEqual([error, warnings], [undefined, []], play);
    const files = [...recordings(copied).slice(-1), ...recordings(encoded).slice(-1)];
    const claps = await Promise.all(files.map(clapsIn));
    t.deepEqual(claps.map(({ codec }) => codec), ['aac', 'opus'], play);
    for (const offset of claps.flatMap(offsets)) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, `${play}: ${offset}`);
    const [sent, recorded] = [hashes(await soundPackets(film)), hashes(await soundPackets(files[0] ?? ''))];
    const from = sent.indexOf(recorded[0] ?? '');
    t.is(unlike(recorded, sent.slice(from, from + 200)), undefined, play);
  }
});

const others: [name: string, source: string, sound: string[], sentence: RegExp][] = [
  ['MP3', 'film.mp4', ['-c:a', 'libmp3lame'], /is MP3, which is not passed through: only AAC and Opus are; the video goes on without it\. Write `audioCodec: aac` or `opus`/],
  ['AC-3', 'film.ts', ['-c:a', 'ac3'], /is AC-3, which is not passed through/],
  ['PCM', 'film.mov', ['-c:a', 'pcm_s16le'], /is not encoded, which is not passed through/],
];
for (const [name, file, sound, sentence] of others) {
  test.serial(`${name} is not passed through: told once, what to write instead, and no picture is lost`, async (t) => {
    const folder = temporaryFolder();
    const film = await clapperFilm(path.join(folder, file), { seconds: 3, sound });
    const out = path.join(folder, 'out');
    const { error, warnings } = await runToEnd(
      await load(`nodes:
  cam: { use: source, uri: '${film}' }
  rec: { use: record, from: cam, to: '${out}', preset: ultrafast, audio: cam, audioCodec: copy }
`),
    );
    t.is(error, undefined);
    t.is(warnings.length, 1, warnings.join('\n'));
    t.regex(warnings[0] ?? '', sentence);
    const [claps] = await Promise.all(recordings(out).map(clapsIn));
    t.like(claps, { pictures: 90, codec: null });
  });
}

test.serial('a file without sound is told of once, and recorded without a track for it', async (t) => {
  const folder = temporaryFolder();
  const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 2, sound: ['-an'] });
  const out = path.join(folder, 'out');
  const { error, warnings } = await runToEnd(
    await load(`nodes:
  cam: { use: source, uri: '${film}' }
  rec: { use: record, from: cam, to: '${out}', preset: ultrafast, audio: cam, audioCodec: copy }
`),
  );
  t.deepEqual([error, warnings], [undefined, ['Node "rec": "cam" has no sound; the video goes without.']]);
  const [claps] = await Promise.all(recordings(out).map(clapsIn));
  t.like(claps, { pictures: 60, codec: null });
});

/** The number of the first packet that is not what was sent. */
function unlike(recorded: readonly string[], sent: readonly string[]): number | undefined {
  const at = sent.findIndex((hash, index) => hash !== recorded[index]);
  return at < 0 ? undefined : at;
}

function probe(file = '', field = ''): string {
  return execFileSync('ffprobe', ['-v', 'error', '-select_streams', 'a', '-show_entries', `stream=${field}`, '-of', 'csv=p=0', file], { encoding: 'utf8' }).trim();
}
