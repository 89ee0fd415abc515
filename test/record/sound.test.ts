/** Sound in recordings: at its time, in every segment; what is lost of it costs no picture. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { clapperFilm, clapsIn, offsets, type Claps } from '../support/clapper';
import { temporaryFolder } from '../support/folder';
import { load, runToEnd } from '../support/run-graph';

/** Seconds. */
const LIMIT = 0.02;

const recordings = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.mp4')).sort().map((name) => path.join(folder, name));
const clapsOf = (folder: string): Promise<Claps[]> => Promise.all(recordings(folder).map(clapsIn));

for (const codec of ['aac', 'opus']) {
  test.serial(`${codec}: a film's sound is recorded beside its pictures, in every segment`, async (t) => {
    const folder = temporaryFolder();
    const film = await clapperFilm(path.join(folder, 'film.mp4'), { seconds: 7 });
    const out = path.join(folder, 'out');
    const { error, warnings } = await runToEnd(
      await load(`nodes:
  cam: { use: source, uri: '${film}' }
  rec: { use: record, from: cam, to: '${out}', segment: 2s, preset: ultrafast, audio: cam, audioCodec: ${codec} }
`),
    );
    t.deepEqual([error, warnings], [undefined, []]);
    const files = await clapsOf(out);
    t.log(files.map((claps) => offsets(claps).map((offset) => offset && Math.round(offset * 1e4) / 10)));
    t.is(files.length, 4);
    t.is(files.reduce((sum, { pictures }) => sum + pictures, 0), 210);
    for (const claps of files) {
      t.is(claps.codec, codec);
      for (const offset of offsets(claps)) t.true(offset !== undefined && Math.abs(offset) <= LIMIT, String(offset));
    }
    t.is(files.reduce((sum, { flashes }) => sum + flashes.length, 0) >= 3, true);
  });
}
