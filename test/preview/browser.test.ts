/** The page in a real Chromium: what it shows, how it is used by mouse and keyboard, on small and large screens. */
import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { LineUpView, WeightMap } from '../../plugin';
import { iplMetrics } from '../../plugin/ipl/metrics';
import { grey, serve, TOKEN, type Served } from '../support/preview-server';

let browser: Browser;
test.before(async (t) => {
  t.timeout(120_000);
  const executablePath = process.env.GST_IPL_TEST_BROWSER ?? '/usr/bin/chromium';
  // Containers have no user namespaces for the sandbox; the pages are our own.
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], timeout: 110_000 });
});
test.after.always(() => browser?.close());

/** The left half comes from the first exposure, the right half from the second. */
const WEIGHTS: WeightMap = { columns: 2, rows: 1, exposures: ['under', 'over'], values: Uint8Array.of(255, 0, 0, 255) };

interface Opened extends Served {
  readonly page: Page;
  /** What went wrong in the browser: errors, blocked and foreign requests. */
  readonly complaints: string[];
  /** Whether fused pictures carry a weight map. */
  weights: boolean;
  /** How fused pictures were lined up. */
  lineUp: LineUpView | undefined;
}

async function open(t: ExecutionContext, options: BrowserContextOptions = {}, token?: string): Promise<Opened> {
  t.timeout(120_000);
  const served = await serve(t, token === undefined ? {} : { token });
  const opened: Opened = { ...served, page: undefined as unknown as Page, complaints: [], weights: false, lineUp: undefined };
  let time = 0;
  served.view.onEvent({ type: 'started', duration: undefined });
  const timer = setInterval(() => {
    time += 50;
    const frames = [grey(180, time, { weightMap: opened.weights ? WEIGHTS : undefined, lineUp: opened.lineUp }), grey(60, time), grey(230, time)] as const;
    for (const stream of [1, 2, 0]) served.hub.offer(stream, frames[stream] ?? frames[0]);
    for (const node of ['under', 'over']) served.view.arrived(node, frames[0]);
    for (const node of ['set', 'fused']) served.view.emitted(node, frames[0]);
  }, 50);
  const context = await browser.newContext(options);
  context.setDefaultTimeout(60_000);
  t.teardown(async () => {
    clearInterval(timer);
    await context.close();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => opened.complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) opened.complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|blob:)/.test(request.url())) opened.complaints.push(`Request to ${request.url()}`);
  });
  await page.goto(served.url);
  if (token === undefined) await page.locator('#empty').waitFor({ state: 'hidden' });
  return Object.assign(opened, { page });
}

/** What axe finds that is serious: https://github.com/dequelabs/axe-core */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>('axe.run().then(({ violations }) => violations)');
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The middle pixel's red of a canvas. */
function redOf(page: Page, id: string, at = 0.5): Promise<number> {
  const script = `(() => { const c = document.getElementById('${id}'); return c.getContext('2d').getImageData(Math.floor(c.width * ${at}), Math.floor(c.height / 2), 1, 1).data[0]; })()`;
  return page.evaluate(script);
}

function near(t: ExecutionContext, value: number, expected: number): void {
  t.true(Math.abs(value - expected) <= 5, `${value}, expected about ${expected}`);
}

/** Limited range, as the pictures have it, to what a screen shows. */
const shown = (luma: number): number => ((luma - 16) * 255) / 219;

test.serial('the fused picture, and a wipe against each exposure by mouse and by keys', async (t) => {
  const { page, complaints } = await open(t, { viewport: { width: 1280, height: 800 } });
  near(t, await redOf(page, 'fused'), shown(180));
  t.true(await page.locator('#wipe').isHidden());
  await page.getByRole('radio', { name: 'over' }).check();
  const wipe = page.getByRole('slider', { name: 'Wipe' });
  await wipe.waitFor();
  await until(() => page.evaluate<boolean>('document.getElementById("exposure").width === 64'));
  near(t, await redOf(page, 'exposure'), shown(230));
  t.deepEqual([await page.locator('#left-label').textContent(), await page.locator('#right-label').textContent()], ['fused', 'over']);
  await page.getByRole('radio', { name: 'under' }).check();
  await until(() => page.evaluate<boolean>(`(() => { const c = document.getElementById('exposure'); return c.getContext('2d').getImageData(9, 9, 1, 1).data[0] < 100; })()`));

  const position = async (): Promise<number> => Number(await wipe.getAttribute('aria-valuenow'));
  t.is(await position(), 50);
  await wipe.focus();
  for (const [key, expected] of [['ArrowRight', 51], ['ArrowLeft', 50], ['Shift+ArrowLeft', 40], ['PageUp', 50], ['End', 100], ['Home', 0], ['ArrowLeft', 0]] as const) {
    await page.keyboard.press(key);
    t.is(await position(), expected, key);
  }
  const stage = await page.locator('#stage').boundingBox();
  const handle = await wipe.boundingBox();
  if (!stage || !handle) return t.fail('There is no stage.');
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 3);
  await page.mouse.down();
  await page.mouse.move(stage.x + stage.width * 0.75, stage.y + 50, { steps: 3 });
  await page.mouse.up();
  t.is(await position(), 75);
  t.is(await page.evaluate(`document.getElementById('exposure').style.clipPath`), 'inset(0px 0px 0px 75%)');
  await page.mouse.click(stage.x + stage.width * 0.25, stage.y + stage.height / 2);
  t.is(await position(), 25);
  t.is(await wipe.getAttribute('aria-valuetext'), '25 % from the left');
  t.deepEqual(complaints, []);
});

test.serial('weights are shown when the pictures carry them, and not offered when they do not', async (t) => {
  const opened = await open(t, { viewport: { width: 1280, height: 800 } });
  const { page, complaints } = opened;
  t.true(await page.locator('#overlay').isHidden());
  opened.weights = true;
  await page.locator('#overlay').waitFor();
  await page.locator('#overlay').getByRole('radio', { name: 'under' }).check();
  await page.locator('#weights').waitFor();
  t.deepEqual([await redOf(page, 'weights', 0.1), await redOf(page, 'weights', 0.9)], [255, 0]);
  await page.locator('#overlay').getByRole('radio', { name: 'all' }).check();
  await until(() => page.evaluate<boolean>(`document.querySelectorAll('#legend .swatch').length === 2`));
  t.deepEqual([await redOf(page, 'weights', 0.1), await redOf(page, 'weights', 0.9)], [0, 230]);
  opened.weights = false;
  await page.locator('#overlay').waitFor({ state: 'hidden' });
  t.true(await page.locator('#weights').isHidden());
  opened.weights = true;
  await page.locator('#weights').waitFor();
  t.true(await page.locator('#overlay').getByRole('radio', { name: 'all' }).isChecked(), 'What was chosen stays.');
  t.deepEqual(complaints, []);
});

test.serial('where the fusion can give weights, the page asks for them when they are wanted, and shows all at once', async (t) => {
  const opened = await open(t, { viewport: { width: 1280, height: 800 } });
  const { page, complaints } = opened;
  opened.view.parameters.add('fused', [
    { kind: 'boolean', name: 'weights', summary: 'Maps.', default: false, get: () => opened.weights, set: (value) => (opened.weights = value) },
  ]);
  await page.locator('#overlay').getByRole('radio', { name: 'on' }).check();
  await page.locator('#weights').waitFor();
  t.true(opened.weights);
  t.true(await page.locator('#overlay').getByRole('radio', { name: 'all' }).isChecked());
  await page.locator('#parameter-fused-weights:checked').waitFor();
  await page.getByRole('checkbox', { name: 'weights' }).uncheck();
  await page.locator('#weights').waitFor({ state: 'hidden' });
  await page.locator('#overlay').getByRole('radio', { name: 'on' }).waitFor();
  t.deepEqual(complaints, []);
});

/** In a picture of 1920x1080: `under` 12 pixels to the left and 5 up, `over` turned and larger, `mid` as it is. */
const LINED_UP: LineUpView = {
  width: 1920, height: 1080, area: { left: 0, top: 0, width: 1920, height: 1080 }, reference: 'mid',
  exposures: [
    { name: 'under', homography: [1, 0, 12, 0, 1, 5, 0, 0, 1] },
    { name: 'mid' },
    { name: 'over', homography: [1.009962, -0.008814, -9.2, 0.008814, 1.009962, -8.7, 0, 0, 1] },
  ],
};

/** Corners of the frames, in pixels of the reference, those of the halos left out. */
async function outlines(page: Page): Promise<number[][][]> {
  const points = await page.evaluate<string[]>(`[...document.querySelectorAll('#line-up polygon:not(.halo)')].map((shape) => shape.getAttribute('points'))`);
  return points.map((text) => text.split(' ').map((point) => point.split(',').map(Number)));
}

test.serial('how exposures lie is an overlay that is switched on by keys, in a scale that is told; figures stand below', async (t) => {
  const opened = await open(t, { viewport: { width: 1280, height: 800 } });
  const { page, view, complaints } = opened;
  t.true(await page.locator('#line-up-choice').isHidden());
  t.true(await page.locator('#line-up-figures').isHidden());
  opened.lineUp = LINED_UP;
  const report = view.reporterOf('fused', iplMetrics);
  for (const [branch, pixels, confidence] of [['under', 13, 0.734], ['over', 24.26, 0.55]] as const) {
    report('fusion_alignment_pixels', pixels, { branch });
    report('fusion_alignment_confidence', confidence, { branch });
  }
  const group = page.getByRole('group', { name: 'Line-up' });
  await group.getByRole('radio', { name: 'off' }).focus();
  t.true(await page.locator('#line-up').isHidden());
  await page.keyboard.press('ArrowRight');
  const overlay = page.getByRole('img', { name: /under is moved by up to 13\.0 pixels\. over is moved by up to \d+\.\d pixels\./ });
  await overlay.waitFor();
  t.regex((await overlay.getAttribute('aria-label')) ?? '', /drawn 5 times as far/);
  t.regex((await page.locator('#line-up-legend').textContent()) ?? '', /^under over mid, the reference\. Frames and arrows: .* drawn 5 times as far\.$/);
  const [reference = [], under, over, ...more] = await outlines(page);
  t.deepEqual(more, [], 'What lies on the reference has no outline.');
  // What is found 12 to the right and 5 below is brought 12 to the left and 5 up, and drawn five times as far.
  t.deepEqual(under, reference.map(([x = 0, y = 0]) => [x - 60, y - 25]));
  t.true(reference.length === 4 && under?.every(([x = -1, y = -1]) => x > 0 && x < 1919 && y > 0 && y < 1079), 'All of it is seen.');
  for (const [at, corner] of reference.entries()) {
    const [x = 0, y = 0] = corner;
    const drawn = over?.[at] ?? [];
    // Where it was brought to is where the homography finds it.
    const [px, py] = [x + ((drawn[0] ?? 0) - x) / 5, y + ((drawn[1] ?? 0) - y) / 5];
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = LINED_UP.exposures[2]?.homography ?? [];
    t.true(Math.hypot(a * px + b * py + c - x, d * px + e * py + f - y) < 0.01, `${px} ${py}`);
  }
  t.true((await page.locator('#line-up polyline:not(.halo)').count()) === 2 * 45);
  const figures = page.getByRole('list', { name: 'How the exposures were lined up' });
  await figures.getByRole('listitem').getByText('under: moved by 13.0 pixels, confidence 73 %').waitFor();
  await figures.getByText('over: moved by 24.3 pixels, confidence 55 %').waitFor();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await until(() => page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: ${scheme})').matches`));
    for (const selector of ['#line-up-legend', '#line-up-figures']) {
      const ratio = await page.evaluate<number>(`(${CONTRAST.toString()})(${JSON.stringify(selector)})`);
      t.true(ratio >= 4.5, `${selector} in ${scheme}: ${ratio.toFixed(2)}`);
    }
    if (process.env.GST_IPL_SHOTS) await page.screenshot({ path: `${process.env.GST_IPL_SHOTS}/${scheme}.png` });
  }

  // Another motion is drawn in another scale, a picture that was cut shows what it shows, and nothing to see is told.
  opened.lineUp = { ...LINED_UP, area: { left: 100, top: 50, width: 1600, height: 900 }, exposures: [{ name: 'under', homography: [1, 0, 0.5, 0, 1, 0, 0, 0, 1] }, { name: 'mid' }] };
  await page.getByRole('img', { name: /under is moved by up to 0\.5 pixels.*drawn 200 times as far/ }).waitFor();
  t.is(await page.locator('#line-up').getAttribute('viewBox'), '100 50 1600 900');
  opened.lineUp = { ...LINED_UP, exposures: [{ name: 'under' }, { name: 'mid' }] };
  await page.getByText('All exposures lie on the reference as they are.').waitFor();
  opened.lineUp = undefined;
  await group.waitFor({ state: 'hidden' });
  t.true(await page.locator('#line-up').isHidden());
  t.deepEqual(complaints, []);
});

test.serial('parameters change by keys, show what another browser changed, and the snapshot has every pixel', async (t) => {
  const { page, values, view, complaints } = await open(t, { viewport: { width: 1280, height: 800 } });
  const strength = page.getByRole('slider', { name: 'strength' });
  await strength.focus();
  await page.keyboard.press('Home');
  await page.getByText('0.00').waitFor();
  await until(() => values.strength === 0);
  await page.keyboard.press('ArrowRight');
  await until(() => values.strength === 0.01);
  await page.getByRole('button', { name: 'Reset fused.strength' }).click();
  await until(() => values.strength === 1);
  await page.getByRole('checkbox', { name: 'freeze' }).focus();
  await page.keyboard.press('Space');
  await until(() => values.freeze);
  view.parameters.set('fused.freeze', false);
  await until(() => page.evaluate<boolean>(`!document.getElementById('parameter-fused-freeze').checked`));

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Snapshot' }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
  const file = Buffer.concat(chunks);
  t.is(file.subarray(1, 4).toString(), 'PNG');
  t.deepEqual([file.readUInt32BE(16), file.readUInt32BE(20)], [64, 36]);
  t.deepEqual(complaints, []);
});

test.serial('the graph is drawn with its states, figures as charts, and events as they come', async (t) => {
  const { page, view, complaints } = await open(t, { viewport: { width: 1280, height: 800 } });
  await page.locator('#diagram [data-node="fused"][data-phase="running"]').waitFor();
  t.is(await page.locator('#diagram [data-node]').count(), 5);
  t.is(await page.locator('#diagram .edge').count(), 6);
  await page.locator('#health[data-status="ready"]').waitFor();
  view.onEvent({ type: 'source-lost', node: 'over', reason: 'No route to rtsp://admin:geheim@camera/.', attempt: 1, delay: 0n });
  await page.locator('#diagram [data-node="over"][data-phase="lost"]').waitFor();
  await page.locator('#health[data-status="degraded"]').waitFor();
  await page.getByText('The source is lost (No route to rtsp://***@camera/.)').waitFor();
  for (const title of ['Frames', 'Latency']) {
    const chart = page.locator('.chart', { hasText: title }).first();
    await chart.locator('li', { hasText: 'fused' }).waitFor();
  }
  t.true((await page.locator('.chart .uplot canvas').count()) >= 2);
  // No two lines differ by their colours alone.
  const dashes = await page.evaluate<string[]>(`[...document.querySelectorAll('.chart:first-child ul line')].map((line) => line.getAttribute('stroke-dasharray'))`);
  t.true(dashes.length >= 4 && new Set(dashes).size === dashes.length, JSON.stringify(dashes));
  // What is not well is more than a dot: a word in the node, and the whole badge.
  view.conditions.of('fused').of('overloaded', { holds: true, degrades: true }).raise('Overloaded: 9 of 30 frames/s go through.');
  await page.locator('#diagram .warned[data-node="fused"] .phase', { hasText: 'overloaded' }).waitFor();
  t.not(await page.evaluate(`getComputedStyle(document.getElementById('health')).backgroundColor`), 'rgba(0, 0, 0, 0)');
  // What is under the pointer, in every chart.
  const box = await page.locator('.chart .u-over').first().boundingBox();
  if (!box) return t.fail('There is no chart.');
  await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
  t.true((await page.getByText(/^\d+ s ago$/).count()) >= 2);
  t.notRegex(await page.content(), /geheim/);
  t.deepEqual(complaints, []);
});

const SCREENS: readonly [string, BrowserContextOptions][] = [
  ['a small phone', { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 3 }],
  ['a 4K screen', { viewport: { width: 3840, height: 2160 } }],
];

for (const [name, options] of SCREENS) {
  test.serial(`nothing is cut off on ${name}`, async (t) => {
    const opened = await open(t, { ...options, colorScheme: 'dark', reducedMotion: 'reduce' });
    const { page, view, complaints } = opened;
    opened.lineUp = LINED_UP;
    const report = view.reporterOf('fused', iplMetrics);
    for (const branch of ['under', 'over']) report('fusion_alignment_pixels', 12.3, { branch });
    await page.getByRole('group', { name: 'Line-up' }).getByRole('radio', { name: 'on' }).check();
    await page.locator('#line-up-figures').waitFor();
    await page.locator('#diagram [data-node="fused"]').waitFor();
    const [content = 0, window = 0] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
    t.true(content <= window, `${content} of ${window}`);
    if (options.viewport?.width === 3840) {
      // Nobody scrolls a wall.
      await page.locator('.chart').first().waitFor();
      t.true(await page.evaluate('document.documentElement.scrollHeight <= innerHeight'), 'All of it fits the screen.');
    }
    const sizes = await page.evaluate<number[]>(`[...document.querySelectorAll('button, .choice, input[type=checkbox], .parameter label')].filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect().height)`);
    t.true(Math.min(...sizes) >= 24, 'Fingers need something to hit.');
    const letters = await page.evaluate<number>(`parseFloat(getComputedStyle(document.body).fontSize)`);
    t.true(letters >= (options.viewport?.width === 3840 ? 28 : 16), `${letters}`);
    t.is(await page.evaluate(`getComputedStyle(document.querySelector('button')).transitionDuration`), '0s');
    t.deepEqual(complaints, []);
  });
}

test.serial('light and dark have contrast, and the focus shows', async (t) => {
  const { page } = await open(t, { viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await until(() => page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: ${scheme})').matches`));
    // Text changes its colour at once, the ground behind it in a fifth of a second: what stays is measured.
    await page.evaluate('Promise.allSettled(document.getAnimations().map((animation) => animation.finished)).then(() => undefined)');
    for (const selector of ['body', '.quiet', 'button', '.choice input:checked + span', '#health-text']) {
      const ratio = await page.evaluate<number>(`(${CONTRAST.toString()})(${JSON.stringify(selector)})`);
      t.true(ratio >= 4.5, `${selector} in ${scheme}: ${ratio.toFixed(2)}`);
    }
  }
  await page.keyboard.press('Tab');
  t.is(await page.evaluate('document.activeElement.className'), 'skip');
  await page.keyboard.press('Tab');
  t.is(await page.evaluate('document.activeElement.id'), 'snapshot');
  t.is(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
});

test.serial('the newest picture is shown pixel by pixel, and the page has nothing that axe minds', async (t) => {
  const { page, complaints } = await open(t, { viewport: { width: 1440, height: 900 } });
  await page.locator('.chart').first().waitFor();
  await page.getByRole('radio', { name: 'over' }).check();
  t.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: '100 %' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('64 x 36, 100 %').waitFor();
  t.is(await page.evaluate(`document.getElementById('pixels').getBoundingClientRect().width * devicePixelRatio`), 64);
  near(t, await redOf(page, 'pixels'), shown(180));
  t.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  t.deepEqual(complaints, []);
});

test.serial('at 1440x900 charts show without scrolling; on a phone health and graph come before what can be changed', async (t) => {
  const { page, view } = await open(t, { viewport: { width: 1440, height: 900 } });
  const report = view.reporterOf('fused', iplMetrics);
  // Long reasons, all kinds of charts, a line below the picture: whatever there is to say, the charts stay in sight.
  view.onEvent({ type: 'source-lost', node: 'over', reason: 'Could not read from resource (Error on SRT socket: Connection timeout).', attempt: 1, delay: 0n });
  view.conditions.of('set').of('degraded', { holds: true, degrades: true }).raise('44 of 44 sets of the last 5 s (100 %) were made of fewer exposures than there are branches (3).');
  for (const branch of ['under', 'over']) report('fusion_alignment_pixels', 12.3, { branch });
  report('queue_depth', 2);
  report('queue_dropped_total', 1);
  let slices = 0;
  const timer = setInterval(() => report('fusion_slices_total', (slices += 3)), 100);
  t.teardown(() => clearInterval(timer));
  await page.locator('.chart').nth(4).waitFor();
  await page.locator('#health-text', { hasText: 'Connection timeout). Node "set": 44 of 44' }).waitFor();
  const top = (selector: string): Promise<number> => page.evaluate<number>(`document.querySelector('${selector}').getBoundingClientRect().top`);
  const bottoms = await page.evaluate<number[]>(`[...document.querySelectorAll('.chart .plot')].map((plot) => plot.getBoundingClientRect().bottom)`);
  // Each is as wide as what it stands in, also those that were there before the others.
  await until(() => page.evaluate<boolean>(`[...document.querySelectorAll('.chart .plot')].every((plot) => plot.scrollWidth <= plot.clientWidth)`));
  t.true(bottoms.length === 5 && bottoms.every((bottom) => bottom <= 900), `Charts end at ${bottoms.join(', ')}.`);
  await page.setViewportSize({ width: 390, height: 844 });
  t.true((await top('#health')) < (await top('#graph')) && (await top('#graph')) < (await top('#controls')));
});

test.serial('with a token the page asks for it once', async (t) => {
  const { page, url, complaints } = await open(t, {}, TOKEN);
  t.deepEqual(await violations(page), []);
  await page.getByLabel('Token').fill('wrong-wrong-wrong-wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('That is not the token.').waitFor();
  await page.getByLabel('Token').fill(TOKEN);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('#empty').waitFor({ state: 'hidden' });
  t.is(page.url(), url);
  await page.context().clearCookies();
  await page.getByLabel('Token').waitFor(); // The page finds that it is logged out.
  await page.goto(`${url}?token=${TOKEN}`);
  await page.locator('#empty').waitFor({ state: 'hidden' });
  t.is(page.url(), url, 'The address holds no token.');
  t.is(await page.evaluate('document.cookie'), '', 'Scripts cannot read the session.');
  t.deepEqual(complaints, []);
});

/** Not Playwright's waitForFunction: the page's policy forbids the eval that it needs. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It did not come to pass.');
}

/** WCAG 2.2 contrast of an element's text; runs in the page, so it is plain text there. */
const CONTRAST = `function (selector) {
  const element = document.querySelector(selector);
  const numbers = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  let ground = element;
  while (ground.parentElement && (numbers(getComputedStyle(ground).backgroundColor)[3] === 0)) ground = ground.parentElement;
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}`;
