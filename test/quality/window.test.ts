/**
 * What one exposure loses is brought back: a drawn room whose window only the dark exposure shows, nothing moves; exposures 3 EV apart.
 */
import test, { type ExecutionContext } from 'ava';
import { codesWhere, fusedLuma, mean, shoot } from './drawn-scene';

const EVS = [-3, 0, 3];
/** Of the window's panes: 135 and 205 in the dark exposure, 255 in the middle one. */
const PANES = [1.97, 4.95] as const;
const PANE = 30;
/** Codes between the panes. The look that the network learns has 60 there; a tint costs some of them. */
const APART = 40;
const APART_WITH_TINT = 35;

const inWindow = (x: number, y: number): boolean => x >= 540 && x < 780 && y >= 120 && y < 330;
const isBright = (x: number, y: number): boolean => (Math.floor((x - 540) / PANE) + Math.floor((y - 120) / PANE)) % 2 === 1;
const around = (x: number, y: number, far: number): boolean => [x - far, x + far].every((at) => [y - far, y + far].every((line) => inWindow(at, line) === inWindow(x, y)));
const inPane = (x: number, y: number): boolean => inWindow(x, y) && around(x, y, 6) && [x - 540, y - 120].every((at) => at % PANE >= 6 && at % PANE < PANE - 6);

function radiance(x: number, y: number): number {
  if (inWindow(x, y)) return PANES[isBright(x, y) ? 1 : 0];
  return 0.14 * (1 + 0.15 * Math.sin(x / 7) * Math.sin(y / 11)) * (0.5 + x / 960);
}

async function showsTheWindow(t: ExecutionContext, payloads: Uint8Array[], apart: number): Promise<void> {
  const luma = await fusedLuma(payloads);
  const [bright, dark] = [true, false].map((which) => codesWhere(luma, (x, y) => inPane(x, y) && isBright(x, y) === which)) as [number[], number[]];
  const wall = codesWhere(luma, (x, y) => !inWindow(x, y) && around(x, y, 24));
  const figures = `panes ${mean(dark).toFixed(0)} and ${mean(bright).toFixed(0)} (brightest ${Math.max(...bright)}), wall ${mean(wall).toFixed(0)}`;
  t.log(figures);
  t.true(mean(bright) - mean(dark) >= apart, figures);
  t.true(Math.max(...bright) < 250, figures);
  t.true(mean(dark) > mean(wall), `what is brighter stays brighter: ${figures}`);
}

test('a window that the reference lost is there, with its contrast', async (t) => {
  await showsTheWindow(t, EVS.map((ev) => shoot(radiance, ev)), APART);
});

test('it is also where the bright exposure has another white balance', async (t) => {
  await showsTheWindow(t, EVS.map((ev) => shoot(radiance, ev, ev > 0 ? [1.4, 0.6] : [1, 1])), APART_WITH_TINT);
});
