/**
 * Where the reference shows no colour, near white and near black, the colour of the exposure that does is brought back: a drawn coast under a
 * blue sky that the reference lost, and one under a blue night sky. Nothing moves; exposures 3 EV apart.
 */
import test, { type ExecutionContext } from 'ava';
import { fused, HEIGHT, shoot, WIDTH, type Radiance } from './drawn-scene';

const HORIZON = 280;
const SKY = [15, -10] as const; // Cb and Cr less grey, of the exposure that shows it

/** The sky's colour in a payload, a multiple of SKY. */
function colourSky(payload: Uint8Array, share: number): Uint8Array {
  for (const [number, plane] of planes(payload).entries()) plane.fill(128 + Math.round(share * (SKY[number] ?? 0)), 0, (HORIZON / 2) * (WIDTH / 2));
  return payload;
}

const planes = (payload: Uint8Array): Uint8Array[] => [0, 1].map((number) => payload.subarray((WIDTH * HEIGHT * (4 + number)) / 4, (WIDTH * HEIGHT * (5 + number)) / 4));

const ground = (x: number, y: number): number => 0.2 * (1 + 0.5 * Math.sin(x / 9) * Math.sin(y / 6));

/** How much of SKY there is on average in the sky, away from its border. */
function shareOfSky(payload: Uint8Array): number {
  const means = planes(payload).map((plane) => {
    let sum = 0;
    for (let row = 10; row < 110; row += 1) for (let column = 20; column < WIDTH / 2 - 20; column += 1) sum += (plane[(row * WIDTH) / 2 + column] ?? 0) - 128;
    return sum / (100 * (WIDTH / 2 - 40));
  });
  return (SKY[0] * (means[0] ?? 0) + SKY[1] * (means[1] ?? 0)) / (SKY[0] ** 2 + SKY[1] ** 2);
}

async function share(sky: Radiance, shares: readonly number[]): Promise<number> {
  const radiance: Radiance = (x, y) => (y < HORIZON ? sky(x, y) : ground(x, y));
  return shareOfSky(await fused([-3, 0, 3].map((ev, exposure) => colourSky(shoot(radiance, ev), shares[exposure] ?? 0))));
}

async function bringsBack(t: ExecutionContext, sky: Radiance, shares: readonly number[], wanted: readonly [number, number]): Promise<void> {
  const found = await share(sky, shares);
  t.log(`${(100 * found).toFixed(0)} % of the colour`);
  t.true(found > wanted[0] && found < wanted[1], `${(100 * found).toFixed(0)} % of the colour, ${wanted.map((part) => 100 * part).join(' to ')} wanted`);
}

test('a pale sky that the reference lost has the colour of the exposure that shows it', async (t) => {
  await bringsBack(t, (_, y) => 5 + y / 300, [1, 0, 0], [0.95, 1.2]);
});

// The fused sky is darker than in the exposure that shows it, so it has a part of its colour: half of its brightness.
test('so has a night sky that only the bright exposure shows', async (t) => {
  await bringsBack(t, (_, y) => 0.003 + y / 60_000, [0, 0.1, 1], [0.4, 0.7]);
});

test('what is grey in all exposures stays grey', async (t) => {
  t.is(await share((_, y) => 5 + y / 300, [0, 0, 0]), 0);
});

// There the exposure that shows it is nearly white itself, and its blue faint.
test('so has the pale end of a sky, over the horizon', async (t) => {
  await bringsBack(t, (_, y) => 6.6 + y / 400, [1, 0, 0], [0.8, 1.2]);
});

// The nearer to white, the less colour a display has room for, and cameras' pictures have less: blue would lie beyond white.
test('a sky that is to be nearly white has no more colour than has room there', async (t) => {
  const radiance: Radiance = (x, y) => (y < HORIZON ? 5.5 : ground(x, y));
  const payload = await fused([-3, 0, 3].map((ev, exposure) => colourSky(shoot(radiance, ev), exposure === 0 ? 2.5 : 0)));
  let [blue, luma] = [0, 0];
  for (let row = 10; row < 110; row += 1) {
    for (let column = 20; column < WIDTH / 2 - 20; column += 1) {
      blue += ((planes(payload)[0]?.[(row * WIDTH) / 2 + column] ?? 0) - 128) / (100 * (WIDTH / 2 - 40));
      luma += (payload[2 * row * WIDTH + 2 * column] ?? 0) / (100 * (WIDTH / 2 - 40));
    }
  }
  t.log(`luma ${luma.toFixed(0)}, Cb ${blue.toFixed(1)}`);
  t.true(luma + 1.8556 * blue < 265, `blue is ${(luma + 1.8556 * blue).toFixed(0)}`);
});
