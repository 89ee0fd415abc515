/** What stands nearer than most of the scene is found by its tiles; where nothing tells it, there is no field. */
import test from 'ava';
import { atBlocks, findMotions, SEARCHED, type Field } from '../../../plugin/ipl/align';
import { LumaReducer, reductionTo, TextureKernels, type LumaPlane } from '../../../plugin/ipl/kernels';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { HOSTILE } from './hostile';
import { bracket, exposed } from './moved';

const [WIDTH, HEIGHT] = [640, 480];
const pictures = bracket(WIDTH, HEIGHT);

async function fieldOf(reference: LumaPlane, exposure: LumaPlane): Promise<Field | undefined> {
  await buildKernels();
  const [reducer, kernels] = [await LumaReducer.load(), await TextureKernels.load()];
  const planes = [reference, exposure].map((plane) => reducer.reduce(plane, reductionTo(SEARCHED, plane.width, plane.height)));
  return findMotions(kernels, planes, 0, { fields: true })[1]?.field;
}

/** A part of the picture stands in front of the rest. @param dx by how much farther it is moved */
function inFront(plane: LumaPlane, dx: number): LumaPlane {
  const data = plane.data.slice();
  for (let y = 160; y < HEIGHT; y += 1) for (let x = 220; x < 460; x += 1) data[y * plane.stride + x + dx] = plane.data[(y - 100) * plane.stride + x - 120];
  return { ...plane, data };
}

test('a foreground that is 8 pixels farther along is found where it is, in another exposure, and nothing where it is not', async (t) => {
  const { mid } = await pictures;
  const field = await fieldOf(inFront(mid, 0), exposed(inFront(mid, 8), -2, 1, 5));
  if (!field) return t.fail('There is no field.');
  const block = 16;
  const columns = WIDTH / block;
  const blocks = atBlocks(field, block, columns, HEIGHT / block);
  const at = (x: number, y: number): [number, number] => [0, 1].map((axis) => blocks[2 * (Math.floor(y / block) * columns + Math.floor(x / block)) + axis]) as [number, number];
  let [near, behind, inside, outside] = [0, 0, 0, 0];
  for (let y = 8; y < HEIGHT; y += block) {
    for (let x = 8; x < WIDTH; x += block) {
      const [dx, dy] = at(x, y);
      if (x > 240 && x < 440 && y > 180) [inside, near] = [inside + 1, near + Number(Math.hypot(dx - 8, dy) < 0.7)];
      if (x < 190 || x > 500 || y < 130) [outside, behind] = [outside + 1, behind + Number(Math.hypot(dx, dy) < 0.3)];
    }
  }
  t.log(`${near} of ${inside} blocks in front, ${behind} of ${outside} behind`);
  t.true(near > 0.6 * inside && behind > 0.97 * outside, `${near} of ${inside} in front, ${behind} of ${outside} behind`);
});

test('what coincides has no field, in another exposure and with noise', async (t) => {
  const { mid } = await pictures;
  for (const stops of [-2, 2]) t.is(await fieldOf(mid, exposed(mid, stops, 2, 7)), undefined, `${stops} EV`);
});

for (const [name, make] of Object.entries(HOSTILE)) {
  test(`there is no field in ${name}`, async (t) => t.is(await fieldOf(make(1), make(2)), undefined));
}
