/** What mending works out in sums and in words of bits, against the plain rule for every pixel and every node. */
import test from 'ava';
import { isInterleaved, planeLayout } from '../../../plugin/core/frames/video-layout';
import { NodeGrid } from '../../../plugin/ipl/engine/mend/node-grid';
import { NodeMask } from '../../../plugin/ipl/engine/mend/node-mask';
import { applyPatch } from '../../../plugin/ipl/engine/mend/patch';

/** Even numbers from 0 to 1, the same ones in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A map at a place between its values, of which the outermost go on. */
function between(map: ArrayLike<number>, columns: number, x: number, y: number): number {
  const at = (column: number, row: number): number => map[Math.min(Math.max(row, 0), map.length / columns - 1) * columns + Math.min(Math.max(column, 0), columns - 1)] ?? 0;
  const [left, upper] = [Math.floor(x), Math.floor(y)];
  const line = (row: number): number => at(left, row) + (at(left + 1, row) - at(left, row)) * (x - left);
  return line(upper) + (line(upper + 1) - line(upper)) * (y - upper);
}

const [WIDTH, HEIGHT] = [152, 101];

for (const [format, block] of [['I420', 8], ['NV12', 32], ['Y444', 16]] as const) {
  test(`what is filled is the ground, and what is expected, by shares of nodes and what the reference shows (${format}, blocks of ${block})`, (t) => {
    const layout = planeLayout(format, WIDTH, HEIGHT);
    const next = numbers(block);
    const grid = new NodeGrid(layout, block);
    const [columns, rows] = [Math.ceil(WIDTH / block), Math.ceil(HEIGHT / block)];
    const means = [0, 1, 2].map(() => Float32Array.from({ length: columns * rows }, () => 40 + 170 * next()));
    // From none to all, all in the middle; the reference is white but for a strip and, all of one code, a square.
    const shares = Uint16Array.from({ length: grid.columns * grid.rows }, (_, node) => {
      const away = Math.abs((node % grid.columns) / grid.columns - 0.5);
      return away > 0.45 ? 0 : away < 0.25 ? 2 ** 14 : 2 ** 14 * next();
    });
    const whiteness = Float32Array.from({ length: 256 }, (_, code) => Math.min(1, Math.max(0, (code - 240) / 10)));
    // From a code on that is not white something is filled, too.
    const filled = whiteness.map((white, code) => Math.max(white, code >= 237 ? 0.75 : 0));
    const lost = Float32Array.from({ length: 256 }, (_, code) => Math.min(1, Math.max(0, (code - 238) / 8)));
    const expected = Float32Array.from({ length: 256 }, (_, code) => (code >= 237 && code < 246 ? code - 150.5 : 0));
    const [payload, own] = [new Uint8Array(layout.size).map(() => 30 + 180 * next()), new Uint8Array(layout.size).fill(250)];
    const lumaStride = layout.planes[0]?.stride ?? 0;
    for (let y = 0; y < HEIGHT; y += 1) for (let x = 70; x < 75; x += 1) own[y * lumaStride + x] = 236 + 14 * next();
    for (let y = 30; y < 70; y += 1) own.fill(247, y * lumaStride + 80, y * lumaStride + 110);
    const before = payload.slice();
    const patch = { shares, box: { left: 0, top: 0, right: grid.columns, bottom: grid.rows }, grid, ground: { columns, rows, known: new Float32Array(0), means }, filled, lost, expected };
    const inParts = payload.slice();
    applyPatch(patch, payload, own, layout);
    for (let from = 0; from < HEIGHT; from += 10) applyPatch(patch, inParts, own, layout, [from, Math.min(HEIGHT, from + 10)]);
    t.deepEqual(inParts, payload, 'rows by rows');
    const ownAt = (x: number, y: number): number => own[y * lumaStride + x] ?? 0;
    const shareAt = (x: number, y: number): number => (between(shares, grid.columns, x / grid.spacing, y / grid.spacing) / 2 ** 14) * (filled[ownAt(x, y)] ?? 0);
    const putAt = (x: number, y: number, ground: number): number => {
      const [shows, share] = [expected[ownAt(x, y)] ?? 0, lost[ownAt(x, y)] ?? 0];
      return shows + share * (ground - shows);
    };
    let most = 0;
    for (const [number, map] of means.entries()) {
      const pairs = isInterleaved(format) && number > 0;
      const plane = layout.planes[pairs ? 1 : number];
      const scale = number > 0 ? layout.chromaScale : 1;
      for (let y = 0; y < HEIGHT; y += scale) {
        for (let x = 0; x < WIDTH; x += scale) {
          const lines = [y, Math.min(y + scale - 1, HEIGHT - 1)];
          const share = lines.flatMap((line) => [shareAt(x, line), shareAt(Math.min(x + scale - 1, WIDTH - 1), line)]).reduce((sum, one) => sum + one / 4, 0);
          const at = (plane?.offset ?? 0) + (y / scale) * (plane?.stride ?? 0) + (x / scale) * (pairs ? 2 : 1) + (pairs ? number - 1 : 0);
          const code = before[at] ?? 0;
          const ground = between(map, columns, (x + 0.5) / block - 0.5, (y + 0.5) / block - 0.5);
          const wanted = code + share * ((number === 0 ? putAt(x, y, ground) : ground) - code);
          most = Math.max(most, Math.abs((payload[at] ?? 0) - wanted));
        }
      }
    }
    t.true(most <= 0.52 + (layout.chromaScale > 1 ? 0.5 : 0), `${most} codes off`);
  });
}

test('wide parts of a mask, and what it grows by, are those of the plain rule', (t) => {
  const [columns, rows] = [75, 30];
  const next = numbers(5);
  // Lumps, lines and crumbs, some at the edges of the picture and of words.
  const set = new Set<number>();
  const lump = (left: number, top: number, width: number, height: number): void => {
    for (let row = top; row < top + height; row += 1) for (let column = left; column < left + width; column += 1) set.add(row * columns + column);
  };
  for (const [left, top, width, height] of [[0, 4, 4, 4], [30, 8, 5, 3], [62, 9, 3, 6], [71, 20, 4, 4], [10, 20, 3, 9], [13, 22, 9, 1], [40, 18, 2, 9], [63, 2, 2, 2], [32, 23, 4, 4], [48, 19, 6, 7]] as const) lump(left, top, width, height);
  for (let crumb = 0; crumb < 60; crumb += 1) set.add((4 + Math.floor(22 * next())) * columns + Math.floor(columns * next()));
  const around = (node: number): number[] => {
    const [column, row] = [node % columns, Math.floor(node / columns)];
    return [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [column + x, row + y] as const))
      .filter(([x, y]) => x >= 0 && x < columns && y >= 0 && y < rows).map(([x, y]) => y * columns + x);
  };
  const grow = (nodes: Set<number>): Set<number> => new Set([...nodes].flatMap((node) => around(node)));
  let wide = new Set([...set].filter((node) => around(node).every((beside) => set.has(beside))));
  t.true(wide.size > 0);
  for (let step = 0; step < 41; step += 1) wide = new Set([...grow(wide)].filter((node) => set.has(node)));
  const mask = new NodeMask(columns, rows);
  for (const node of [...set].sort((a, b) => a - b)) mask.add(node % columns, Math.floor(node / columns));
  const nodesOf = (some: NodeMask | undefined): number[] => {
    const out: number[] = [];
    some?.forEach((column, row) => out.push(row * columns + column));
    return out;
  };
  const parts = mask.holding(1)?.andWhatHangsOnThem(mask);
  t.deepEqual(nodesOf(parts), [...wide].sort((a, b) => a - b));
  t.deepEqual(nodesOf(parts?.grown()), [...grow(wide)].sort((a, b) => a - b));
  const ofFive = [...set].filter((node) => around(node).every((beside) => around(beside).every((next) => set.has(next)))).sort((a, b) => a - b);
  t.true(ofFive.length > 3);
  t.deepEqual(nodesOf(mask.holding(2)), ofFive);
  const line = new NodeMask(columns, rows);
  for (let column = 3; column < 60; column += 1) line.add(column, 12);
  t.is(line.holding(1), undefined);
  t.deepEqual(nodesOf(mask.with(line)), [...new Set([...set, ...nodesOf(line)])].sort((a, b) => a - b));
});
