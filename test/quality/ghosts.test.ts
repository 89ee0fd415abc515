/** What should not be seen in a fused picture: traces of what one exposure alone shows, rims beside strong edges. Exposures 2.5 EV apart. */
import test, { type ExecutionContext } from 'ava';
import { codesWhere, fusedLuma, mean, shoot, WIDTH, type Radiance } from './drawn-scene';

const EVS = [-2.5, 0, 2.5];
const fuse = (scenes: readonly Radiance[]): Promise<Uint8Array> => fusedLuma(scenes.map((scene, index) => shoot(scene, EVS[index] ?? 0)));

const inMan = (x: number, y: number): boolean => ((x - 400) / 26) ** 2 + ((y - 360) / 90) ** 2 < 1;
const nearMan = (x: number, y: number): boolean => !inMan(x, y) && ((x - 400) / 90) ** 2 + ((y - 360) / 150) ** 2 < 1 && ((x - 400) / 40) ** 2 + ((y - 360) / 104) ** 2 > 1;

/** @param most codes by which what is behind the man may differ from what is around him */
async function leavesNoTrace(t: ExecutionContext, ground: Radiance, which: number, most: number): Promise<void> {
  const luma = await fuse(EVS.map((_, index): Radiance => (x, y) => (index === which && inMan(x, y) ? 0.06 : ground(x, y))));
  const [behind, around] = [codesWhere(luma, inMan), codesWhere(luma, nearMan)].map(mean) as [number, number];
  t.log(`${behind.toFixed(1)} where he was, ${around.toFixed(1)} around`);
  t.true(Math.abs(behind - around) <= most, `${behind.toFixed(1)} where he was, ${around.toFixed(1)} around`);
}

for (const [index, name] of [[0, 'dark'], [2, 'bright']] as const) {
  test(`who is in the ${name} exposure alone leaves no trace before an even wall`, async (t) => {
    await leavesNoTrace(t, (x) => 0.25 * (0.7 + 0.3 * x / WIDTH), index, 4);
  });
}

/** Up to three times as bright as what the reference still shows, beside a wall that tells how the exposures lie to one another. */
const floor: Radiance = (x, y) => (y > 250 ? 3 * (0.6 + 0.4 * x / WIDTH) : 0.15);

/** Those of the plain floor, and those with a man on it in the dark exposure alone. */
const onFloor = (man: number | undefined): Promise<Uint8Array> =>
  fuse(EVS.map((_, index): Radiance => (x, y) => (man !== undefined && index === 0 && inMan(x, y) ? man : floor(x, y))));

test('who is in the dark exposure alone leaves no trace before a floor that the reference lost, nor a glow around', async (t) => {
  const plain = await onFloor(undefined);
  for (const [name, man] of [['black', 0.01], ['dark', 0.06], ['dim', 0.5]] as const) {
    const luma = await onFloor(man);
    const change = luma.map((code, at) => Math.abs(code - (plain[at] ?? 0)));
    const [behind, around] = [codesWhere(change, inMan), codesWhere(change, nearMan)];
    const figures = `${name}: ${mean(behind).toFixed(1)} codes where he was (at most ${Math.max(...behind)}), ${mean(around).toFixed(1)} around (at most ${Math.max(...around)})`;
    t.log(figures);
    t.true(Math.max(...behind) <= 4 && Math.max(...around) <= 4, figures);
  }
});

/** Steps before the floor, white and nearly white in turns: the reference shows them, but not what colour and how light they are. */
const steps: Radiance = (x, y) => (y > 250 && y < 370 && Math.floor((y - 250) / 10) % 2 === 0 ? 0.75 : floor(x, y));

/** A man whose arm is a quarter of a block wide, and longer than two blocks. */
const inArm = (x: number, y: number): boolean => x >= 420 && x < 480 && y >= 386 && y < 390;
const nearArm = (x: number, y: number): boolean => x >= 430 && x < 500 && y >= 374 && y < 402 && !inArm(x, y);

test('who stands before steps that the reference nearly lost leaves no trace, nor does his arm', async (t) => {
  const onSteps = (man: number | undefined): Promise<Uint8Array> =>
    fuse(EVS.map((_, index): Radiance => (x, y) => (man !== undefined && index === 0 && (inMan(x, y) || inArm(x, y)) ? man : steps(x, y))));
  const plain = await onSteps(undefined);
  for (const man of [0.01, 0.06]) {
    const change = (await onSteps(man)).map((code, at) => Math.abs(code - (plain[at] ?? 0)));
    const figures = [['behind him', inMan], ['behind his arm', inArm], ['around', nearMan], ['around his arm', nearArm]] as const;
    for (const [name, where] of figures) {
      const codes = codesWhere(change, where);
      t.log(`${man}: ${name} ${mean(codes).toFixed(1)} codes, at most ${Math.max(...codes)}`);
      t.true(Math.max(...codes) <= 4, `${man}: ${name} ${mean(codes).toFixed(1)} codes, at most ${Math.max(...codes)}`);
    }
  }
});

/** Windows that the reference lost, between frames that it shows. */
const inFrame = (x: number): boolean => Math.abs(((x - 28) % 80) - 40) > 34;
const chapel: Radiance = (x, y) => (y > 120 && y < 460 && x > 280 && x < 560 && !inFrame(x) ? 2 + 0.5 * x / WIDTH : 0.25);
const inBody = (x: number, y: number): boolean => Math.abs(x - 400) < 26 && y > 200 && y < 520;
const inReach = (x: number, y: number): boolean => x >= 426 && x < 500 && y >= 300 && y < 304;

test('an arm that reaches before another window leaves no trace there, nor a body an edge at the frame', async (t) => {
  const inChapel = (man: number | undefined): Promise<Uint8Array> =>
    fuse(EVS.map((_, index): Radiance => (x, y) => (man !== undefined && index === 0 && (inBody(x, y) || inReach(x, y)) ? man : chapel(x, y))));
  const plain = await inChapel(undefined);
  const change = (await inChapel(0.03)).map((code, at) => Math.abs(code - (plain[at] ?? 0)));
  const near = (x: number, y: number): boolean => x > 360 && x < 520 && y > 180 && y < 440 && !inBody(x, y) && !inReach(x, y);
  for (const [name, where] of [['behind him', (x: number, y: number) => inBody(x, y) && y < 440 && chapel(x, y) > 1], ['behind his arm', inReach], ['around', near]] as const) {
    const codes = codesWhere(change, where);
    t.log(`${name} ${mean(codes).toFixed(1)} codes, at most ${Math.max(...codes)}`);
    t.true(Math.max(...codes) <= 6, `${name} ${mean(codes).toFixed(1)} codes, at most ${Math.max(...codes)}`);
  }
});

/** A floor that is black in the reference, beside a wall of all shades. */
const cellar: Radiance = (x, y) => (y > 250 ? 0.0004 * (0.6 + 0.4 * x / WIDTH) : 0.002 + 0.3 * (x / WIDTH) ** 2);

test('who is in the bright exposure alone leaves no trace before a floor that is black in the reference, nor a glow around', async (t) => {
  const inCellar = (man: number | undefined): Promise<Uint8Array> =>
    fuse(EVS.map((_, index): Radiance => (x, y) => (man !== undefined && index === 2 && inMan(x, y) ? man : cellar(x, y))));
  const plain = await inCellar(undefined);
  for (const man of [0.05, 0.4]) {
    const change = (await inCellar(man)).map((code, at) => Math.abs(code - (plain[at] ?? 0)));
    const [behind, around] = [codesWhere(change, inMan), codesWhere(change, nearMan)];
    const figures = `${man}: ${mean(behind).toFixed(1)} codes where he was (at most ${Math.max(...behind)}), ${mean(around).toFixed(1)} around (at most ${Math.max(...around)})`;
    t.log(figures);
    t.true(Math.max(...behind) <= 4 && Math.max(...around) <= 4, figures);
  }
});

test('a clear sky stays even beside a dark tower', async (t) => {
  const inTower = (x: number, y: number): boolean => Math.abs(x - 480) < 60 && y > 100;
  const scene: Radiance = (x, y) => (inTower(x, y) ? 0.02 : 0.9 - 0.4 * (y / 540));
  const luma = await fuse([scene, scene, scene]);
  const near = codesWhere(luma, (x, y) => y > 160 && y < 480 && Math.abs(Math.abs(x - 480) - 72) <= 6);
  const far = codesWhere(luma, (x, y) => y > 160 && y < 480 && Math.abs(Math.abs(x - 480) - 140) <= 6);
  t.log(`${mean(near).toFixed(1)} beside it, ${mean(far).toFixed(1)} further away`);
  t.true(Math.abs(mean(near) - mean(far)) <= 5, `${mean(near).toFixed(1)} beside it, ${mean(far).toFixed(1)} further away`);
});
