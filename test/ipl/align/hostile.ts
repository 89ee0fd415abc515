/** Scenes of which nobody can tell how their exposures lie, and which look as if one could. */
import type { LumaPlane } from '../../../plugin/ipl/kernels';
import { random } from '../kernels/cases';
import { drawn, exposed } from './moved';

export const HOSTILE_SIZE = [480, 270] as const;
const [WIDTH, HEIGHT] = HOSTILE_SIZE;

/** Dim light of a night scene, drowned in noise of its own in each exposure. */
const night = (seed: number): LumaPlane => exposed(drawn(WIDTH, HEIGHT, (x, y) => 24 + (x % 97 < 40 ? 4 : 0) + (y % 61 < 25 ? 3 : 0)), 0, 6, seed);
const facade = (dx: number, seed: number): LumaPlane => exposed(drawn(WIDTH, HEIGHT, (x, y) => 120 + 60 * Math.sign(Math.sin((2 * Math.PI * (x + dx)) / 24)) * Math.sign(Math.sin((2 * Math.PI * y) / 30))), 0, 2, seed);
const wall = (seed: number): LumaPlane => exposed(drawn(WIDTH, HEIGHT, (x) => 90 + x / 20), 0, 2, seed);
const people = random(8);
const ways = Array.from({ length: 1000 }, () => people());
/** Everybody goes his own way. */
const crowd = (seed: number): LumaPlane => {
  const next = random(seed);
  const own = ways.map(() => [Math.round((next() - 0.5) * 40), Math.round((next() - 0.5) * 40)] as const);
  return exposed(drawn(WIDTH, HEIGHT, (x, y) => {
    const person = Math.floor(y / 24) * 30 + Math.floor(x / 24);
    const [dx, dy] = own[person];
    return 40 + 170 * ways[Math.abs(Math.floor((x + dx) / 7) * 31 + Math.floor((y + dy) / 7) * 17) % 1000];
  }), 0, 2, seed);
};

/** Each seed is another exposure. */
export const HOSTILE: Readonly<Record<string, (seed: number) => LumaPlane>> = {
  'a night with noise': night, 'a flat wall': wall, 'a crowd that fills the picture': crowd,
  'a repetitive facade, elsewhere each time': (seed) => facade(seed * 7, seed), 'a black exposure': (seed) => drawn(WIDTH, HEIGHT, () => 1 + (seed % 2)),
};
