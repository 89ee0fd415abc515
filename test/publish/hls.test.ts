/** An HLS folder over several runs, by the calls that splitmuxsink's messages lead to. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { HlsFolder, PLAYLIST } from '../../plugin/publish/hls';
import { temporaryFolder } from '../support/folder';

interface Playlist {
  readonly sequence: number;
  readonly discontinuities: number;
  readonly target: number;
  readonly names: string[];
  /** Names of segments that begin with another encoder. */
  readonly breaks: string[];
}

function read(folder: string): Playlist {
  const text = readFileSync(path.join(folder, PLAYLIST), 'utf8');
  const value = (tag: string): number => Number(new RegExp(`^#EXT-X-${tag}:(\\d+)$`, 'm').exec(text)?.[1]);
  return {
    sequence: value('MEDIA-SEQUENCE'),
    discontinuities: value('DISCONTINUITY-SEQUENCE'),
    target: value('TARGETDURATION'),
    names: text.match(/^segment-\d+\.ts$/gm) ?? [],
    breaks: [...text.matchAll(/^#EXT-X-DISCONTINUITY\n.*\n(.*)$/gm)].map(([, name]) => name ?? ''),
  };
}

/** A process that publishes, and is killed or ends. */
class Run {
  readonly #hls: HlsFolder;
  #time = 0;
  #index = 0;

  constructor(readonly folder: string) {
    this.#hls = new HlsFolder(folder);
  }

  async start(): Promise<this> {
    await this.#hls.prepare();
    return this;
  }

  async segments(count: number, seconds = 2): Promise<Playlist> {
    for (let index = 0; index < count; index += 1, this.#index += 1) {
      const file = path.join(this.folder, `.open-${String(this.#index).padStart(5, '0')}.ts`);
      writeFileSync(file, `${Math.random()}`);
      await this.#hls.opened(file, this.#time);
      this.#time += seconds * 1e9;
      await this.#hls.closed(file, this.#time);
      await this.#hls.flush();
    }
    return read(this.folder);
  }

  end(): Promise<void> {
    return this.#hls.end();
  }
}

test.serial('kills and restarts, the clock set back and the playlist lost: numbers only grow, no name comes twice, and what players are at stays', async (t) => {
  const folder = temporaryFolder();
  const wall = Date.now;
  t.teardown(() => (Date.now = wall));
  const contents = new Map<string, string>();
  let before: Playlist | undefined;
  const check = (now: Playlist): void => {
    for (const name of readdirSync(folder).filter((other) => /^segment-/.test(other))) {
      const content = readFileSync(path.join(folder, name), 'utf8');
      t.is(contents.get(name) ?? content, content, name);
      contents.set(name, content);
    }
    t.is(now.names[0], `segment-${now.sequence}.ts`);
    // The segments of the last playlist can still be fetched.
    if (before) t.true(before.names.every((name) => existsSync(path.join(folder, name))));
    if (before) t.true(now.sequence >= before.sequence && now.discontinuities >= before.discontinuities && now.target >= before.target);
    before = now;
  };
  for (const [count, seconds, end] of [[4, 2, false], [1, 7, false], [9, 2, true], [2, 2, false], [20, 0.04, false], [3, 2, false]] as const) {
    const run = await new Run(folder).start();
    for (let index = 0; index < count; index += 1) check(await run.segments(1, seconds));
    if (end) await run.end();
    const set = -3_600_000 * contents.size;
    Date.now = () => wall() + set;
  }
  t.is(contents.size, 39);
  t.is(before?.names.length, 3);
  // Each start is a break: five are over, the sixth is listed.
  t.deepEqual([before?.discontinuities, before?.breaks.length, before?.target], [5, 1, 7]);
  const last = before?.sequence ?? 0;
  rmSync(path.join(folder, PLAYLIST)); // As after a power loss.
  const after = await (await new Run(folder).start()).segments(1);
  t.is(after.sequence, last + 3);
});

test.serial('a kill between a segment and its playlist: its number is not used again', async (t) => {
  const folder = temporaryFolder();
  const { sequence } = await (await new Run(folder).start()).segments(2);
  writeFileSync(path.join(folder, `segment-${sequence + 2}.ts`), 'not listed');
  writeFileSync(path.join(folder, '.open-00007.ts'), 'half');
  const next = await (await new Run(folder).start()).segments(1);
  t.deepEqual(next.names, [`segment-${sequence + 3}.ts`]);
  t.is(readFileSync(path.join(folder, `segment-${sequence + 2}.ts`), 'utf8'), 'not listed');
  t.false(readdirSync(folder).some((name) => name.startsWith('.open')));
});

test.serial('segments of earlier runs go as new ones come', async (t) => {
  const folder = temporaryFolder();
  await (await new Run(folder).start()).segments(30);
  await (await new Run(folder).start()).segments(30);
  t.is(readdirSync(folder).filter((name) => /^segment-/.test(name)).length, 12);
});

/** A segment that splitmuxsink has begun, not under its name yet. */
function begun(folder: string, index: number, content = 'video'): string {
  const file = path.join(folder, `.open-${String(index).padStart(5, '0')}.ts`);
  writeFileSync(file, content);
  return file;
}

const durations = (folder: string): number[] => [...readFileSync(path.join(folder, PLAYLIST), 'utf8').matchAll(/^#EXTINF:([\d.]+),$/gm)].map(([, seconds]) => Number(seconds));

test.serial('segments that are closed in another order, or late, are listed in theirs, whole', async (t) => {
  const folder = temporaryFolder();
  const hls = new HlsFolder(folder);
  await hls.prepare();
  const [first, second, third] = [begun(folder, 0, 'first'), begun(folder, 1, 'second'), begun(folder, 2, 'third')];
  await hls.opened(first, 0);
  await hls.opened(second, 2e9);
  await hls.opened(third, 4e9);
  // On a busy machine the last, short one is finished before the two in front of it.
  await hls.closed(third, 4.7e9);
  t.false(existsSync(path.join(folder, PLAYLIST)));
  await hls.closed(second, 4e9);
  await hls.closed(first, 2e9);
  await hls.flush(4.7e9);
  await hls.end();
  t.deepEqual(durations(folder), [2, 2, 0.7]);
  t.deepEqual(read(folder).names.map((name) => readFileSync(path.join(folder, name), 'utf8')), ['first', 'second', 'third']);
});

test.serial('what was not closed when all was over is listed, as far as it was written', async (t) => {
  const folder = temporaryFolder();
  const hls = new HlsFolder(folder);
  await hls.prepare();
  const [first, second, empty] = [begun(folder, 0), begun(folder, 1), begun(folder, 2, '')];
  await hls.opened(first, 0);
  await hls.opened(second, 2e9);
  await hls.closed(first, 2e9);
  await hls.opened(empty, 3.5e9);
  await hls.flush(3.5e9);
  t.deepEqual(durations(folder), [2, 1.5]);
});
