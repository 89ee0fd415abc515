/** What may be removed, and what a clock that is set must not remove. */
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { keepOption, Retention } from '../../plugin/record/retention';
import { SegmentFiles, type Segment } from '../../plugin/record/segment-files';
import { temporaryFolder } from '../support/folder';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-23T12:00:00Z');

/** A folder, a machine whose clock can be set, and what was told. */
class Machine {
  readonly folder = temporaryFolder();
  readonly told: string[] = [];
  wall: number;
  #steady = 5_000;
  #retention: Retention | undefined;

  constructor(wall = NOON) {
    this.wall = wall;
  }

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.#steady += milliseconds;
  }

  /** A recording of the time that the clock says. */
  write(bytes = 1_000): Segment {
    const name = `${new Date(this.wall).toISOString().replaceAll(':', '-')}.mp4`;
    const file = path.join(this.folder, name);
    writeFileSync(file, Buffer.alloc(bytes));
    utimesSync(file, this.wall / 1000, this.wall / 1000);
    return { name, bytes, startedAt: this.wall, changedAt: this.wall };
  }

  /** A process starts to record. */
  async start(keep: string | string[]): Promise<void> {
    const clocks = { wall: () => this.wall, steady: () => this.#steady };
    this.#retention = new Retention(keepOption.read(keep), new SegmentFiles(this.folder), (message) => this.told.push(message), clocks);
    await this.#retention.prepare();
  }

  /** Records `count` files, one each `every`. */
  async record(count: number, every: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      this.pass(every);
      this.#retention?.add(this.write());
      await this.#retention?.apply();
    }
  }

  get names(): string[] {
    return readdirSync(this.folder).filter((name) => name.endsWith('Z.mp4')).map((name) => name.slice(0, 13)).sort();
  }
}

test('the oldest go first, by size or by age; other files and the newest stay', async (t) => {
  const left = async (keep: string | string[]): Promise<string[]> => {
    const machine = new Machine();
    for (let hour = 0; hour < 5; hour += 1, machine.pass(HOUR)) machine.write(1_000_000);
    for (const name of ['holiday.mp4', 'notes.txt']) writeFileSync(path.join(machine.folder, name), '');
    mkdirSync(path.join(machine.folder, 'sub'));
    await machine.start(keep);
    await machine.record(1, 15 * 60_000); // At 17:15; it is small.
    t.is(readdirSync(machine.folder).length, machine.names.length + 3);
    t.deepEqual(machine.told, []);
    return machine.names.map((name) => name.slice(11));
  };
  t.deepEqual(await left('all'), ['12', '13', '14', '15', '16', '17']);
  t.deepEqual(await left('2.5MB'), ['15', '16', '17']);
  t.deepEqual(await left('3.5h'), ['14', '15', '16', '17']);
  t.deepEqual(await left(['4MB', '1.5h']), ['16', '17']);
  t.deepEqual(await left('1kB'), ['17']);
});

test('a clock that was 8 days slow is set right while recording: nothing goes for it, now or at the next start, and all goes in its time', async (t) => {
  const machine = new Machine(NOON - 8 * DAY);
  await machine.start('7d');
  await machine.record(4, HOUR);
  machine.wall += 8 * DAY;
  await machine.record(2, HOUR);
  t.is(machine.names.length, 6);
  t.deepEqual(machine.told, ['The clock was set 8.0 days ahead. Recordings are as old as they were: none is removed for it.']);
  await machine.start('7d');
  await machine.record(24, HOUR);
  t.is(machine.names.length, 30);
  await machine.record(6 * 24 - 4, HOUR); // Now the first of all is seven days and an hour old.
  t.is(machine.names.length, 30 + 6 * 24 - 4 - 1);
  t.deepEqual(machine.names.slice(0, 3), ['2026-11-15T14', '2026-11-15T15', '2026-11-15T16']);
  t.is(machine.told.length, 1);
});

test('the same between two runs: all would go at once, so it is told, and recordings age from then on', async (t) => {
  const machine = new Machine(NOON - 8 * DAY);
  await machine.start('7d');
  await machine.record(4, DAY);
  machine.wall += 9 * DAY;
  await machine.start('7d');
  await machine.record(3, DAY);
  t.is(machine.names.length, 7); // The oldest was three days older than the newest.
  t.regex(machine.told.join(), /^The newest recording is 9\.0 days old, more than is kept\. The clock may be wrong/);
  await machine.record(3, DAY);
  t.is(machine.names.length, 8); // Those of 3 and 2 days at the start are gone.
});

test('a start in 1970 that NTP mends in a minute: what was found keeps the age that it has by the right clock', async (t) => {
  const machine = new Machine();
  for (let day = 0; day < 10; day += 1, machine.pass(DAY)) machine.write();
  const right = machine.wall;
  machine.wall = 30_000;
  await machine.start('7d');
  await machine.record(1, 30_000);
  machine.wall = right + 60_000;
  await machine.record(1, 30_000);
  t.is(machine.names.length, 12); // Nothing goes before the clock has been steady for ten minutes.
  await machine.record(1, 11 * 60_000);
  t.is(machine.names.length, 13 - 4); // Those of 10, 9, 8 and 7 days.
  t.true(machine.names.includes('1970-01-01T00'));
  t.regex(machine.told.join('\n'), /^10 recordings bear a time that is still to come; they age from now on\. Is the clock right\?\nThe clock was set \d+\.\d days ahead\./);
  // The recording of 1970 is as old as it is at the next start, too.
  await machine.start('7d');
  await machine.record(1, HOUR);
  t.true(machine.names.includes('1970-01-01T00'));
});

test('a start with a clock that is days ahead, until NTP sets it back: nothing goes', async (t) => {
  const machine = new Machine();
  for (let day = 0; day < 5; day += 1, machine.pass(DAY)) machine.write();
  machine.wall += 6 * DAY;
  await machine.start('7d');
  await machine.record(1, 60_000);
  machine.wall -= 6 * DAY;
  await machine.record(1, 60_000);
  await machine.record(1, HOUR);
  t.is(machine.names.length, 8);
});

test('set back and ahead in mid-run, a sleep of the machine included: found and recorded files go when they are old, not before', async (t) => {
  const machine = new Machine();
  for (let day = 0; day < 3; day += 1, machine.pass(DAY)) machine.write();
  await machine.start('7d');
  await machine.record(1, HOUR);
  for (const by of [-400 * DAY, 800 * DAY, -400 * DAY]) {
    machine.wall += by;
    await machine.record(1, HOUR);
  }
  t.is(machine.names.length, 7);
  t.is(machine.told.length, 3);
  machine.pass(4 * DAY); // Asleep.
  await machine.record(1, HOUR);
  t.is(machine.told.length, 3);
  t.is(machine.names.length, 8 - 1); // The one of seven days and five hours.
});

test('who sets a clock ahead does not change what the files say where there is no limit of age', async (t) => {
  const machine = new Machine(NOON - 8 * DAY);
  await machine.start('1GB');
  await machine.record(1, HOUR);
  machine.wall += 8 * DAY;
  await machine.record(1, HOUR);
  const [first = ''] = readdirSync(machine.folder).sort();
  t.is(statSync(path.join(machine.folder, first)).mtimeMs, NOON - 8 * DAY + HOUR);
  t.deepEqual(machine.told, []);
});
