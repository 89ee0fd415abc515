/** What of a folder is one bracket. */
import test from 'ava';
import { findBrackets, groupByNumber, groupByPattern, type Photograph } from '../../plugin/batch/brackets';
import { planBatch } from '../../plugin/batch/plan';

const shot = (name: string, taken: number | undefined, value: number | undefined, changes: Partial<Photograph> = {}): Photograph => ({
  file: `/in/${name}.jpg`, width: 60, height: 40, camera: 'A', taken: taken === undefined ? undefined : 1000 * taken, exposure: value === undefined ? undefined : { value, time: 0.01 }, bias: undefined, ...changes,
});
const names = (groups: readonly (readonly Photograph[])[]): string[] => groups.map((group) => group.map(({ file }) => file.slice(4, -4)).join(''));

test('a bracket is what was taken in a row, each with another exposure, whatever the names', (t) => {
  const found = findBrackets([shot('f', 4, 2), shot('a', 0, 0), shot('b', 1, -2), shot('c', 1, 2), shot('d', 3, 0), shot('e', 3, -2)]);
  t.deepEqual(names(found.brackets), ['abc', 'def']);
  t.deepEqual(found.single, []);
});

test('a pause, another camera or another size ends a bracket; a long exposure is no pause', (t) => {
  const pause = [shot('a', 0, 0), shot('b', 1, 2), shot('c', 60, -2), shot('d', 61, 1)];
  t.deepEqual(names(findBrackets(pause).brackets), ['ab', 'cd']);
  const long = [shot('a', 0, 0, { exposure: { value: 0, time: 30 } }), shot('b', 32, 2)];
  t.deepEqual(names(findBrackets(long).brackets), ['ab']);
  const others = [shot('a', 0, 0), shot('b', 1, 1), shot('c', 2, 2, { camera: 'B' }), shot('d', 3, 3, { camera: 'B' }), shot('e', 4, 4, { width: 61, camera: 'B' })];
  const found = findBrackets(others);
  t.deepEqual([names(found.brackets), names([found.single])], [['ab', 'cd'], ['e']]);
});

test('two cameras at work at the same time have a bracket each', (t) => {
  const both = [shot('a', 0, 0), shot('d', 0.5, 0, { camera: 'B' }), shot('b', 1, -2), shot('e', 1.5, 2, { camera: 'B' }), shot('c', 2, 2), shot('f', 2, -2, { camera: 'B' })];
  t.deepEqual(names(findBrackets(both).brackets), ['abc', 'def']);
});

test('a bias that comes again begins a bracket, however the light has changed; one bias for all says nothing', (t) => {
  const rows = [0, -2, 2, 0, -2, 2].map((bias, index) => shot('abcdef'[index], index / 2, bias + (index > 2 ? 0.4 : 0), { bias }));
  t.deepEqual(names(findBrackets(rows).brackets), ['abc', 'def']);
  t.deepEqual(names(findBrackets([-2, 0, 2].map((value, index) => shot('abc'[index], index, value, { bias: 0 }))).brackets), ['abc']);
});

test('names are in the order of their numbers, with or without zeros in front', (t) => {
  const row = [12, 1, 10, 2, 9, 11].map((number) => shot(`${number}`, undefined, undefined));
  t.deepEqual(groupByNumber(row, 3).brackets.map((group) => group.map(({ file }) => file.slice(4, -4))), [['1', '2', '9'], ['10', '11', '12']]);
  const { jobs } = planBatch([{ path: '/in', place: '', photographs: row, recordings: [], refused: [] }], { grouping: 3, extension: '.jpg', alternating: false });
  t.deepEqual(jobs.map(({ output }) => output), ['1-fused.jpg', '10-fused.jpg']);
});

test('what stands alone, or says nothing of itself, is in none', (t) => {
  const found = findBrackets([shot('a', 0, 0), shot('b', 1, 0), shot('c', undefined, 1), shot('d', 3, undefined), shot('e', 100, 1)]);
  t.deepEqual(found.brackets, []);
  t.is(found.single.length, 5);
});

test('a bracket has nine pictures at most', (t) => {
  const row = Array.from({ length: 12 }, (_, index) => shot(String.fromCharCode(97 + index), index, index));
  t.deepEqual(names(findBrackets(row).brackets), ['abcdefghi', 'jkl']);
});

test('groups by number and by pattern', (t) => {
  const row = ['d', 'a', 'c', 'b', 'e', 'f', 'g'].map((name) => shot(name, undefined, undefined));
  const found = groupByNumber(row, 3);
  t.deepEqual([names(found.brackets), names([found.single])], [['abc', 'def'], ['g']]);
  // A file that cannot be read has its place: none behind it is taken for one of the scene before.
  const damaged = groupByNumber(row.filter(({ file }) => file !== '/in/b.jpg'), 3, ['/in/b.jpg']);
  t.deepEqual([names(damaged.brackets), names([damaged.single])], [['def'], ['acg']]);
  const houses = ['h1-a', 'h2-a', 'h1-b', 'h2-b', 'h3-a', 'other'].map((name) => shot(name, undefined, undefined));
  const byName = groupByPattern(houses, /(h\d)-[ab]/, (file) => file);
  t.deepEqual([names(byName.brackets), names([byName.single])], [['h1-ah1-b', 'h2-ah2-b'], ['otherh3-a']]);
});

test('outputs have names of their own, in folders as the inputs', (t) => {
  const folder = (place: string, ...list: string[]) => ({ path: '/in', place, photographs: list.map((name) => shot(name, undefined, undefined)), recordings: [], refused: [] });
  const { jobs } = planBatch([folder('', 'a', 'b'), folder('x', 'a', 'b'), folder('', 'a', 'c')], { grouping: 2, extension: '.png', alternating: false });
  t.deepEqual(jobs.map(({ output }) => output), ['a-fused.png', 'x/a-fused.png', 'a-fused-2.png']);
});
