/** The picture: asks for the newest one whenever it has shown the last, with the exposure that it is compared to. */
import { choices, chosen, element, make } from './dom.mjs';
import { LineUpOverlay } from './line-up.mjs';
import { readPacket } from './packet.mjs';
import { PixelView } from './pixel-view.mjs';
import { COLOURS, drawWeights } from './weights.mjs';
import { Wipe } from './wipe.mjs';

/** After an error; the server may just be starting again. */
const RETRY_MS = 1_000;

/** Exposures of one set are this near; more is another instant. Milliseconds. */
const APART_MS = 10;

export class Viewer {
  #fused = /** @type {HTMLCanvasElement} */ (element('fused'));
  #exposure = /** @type {HTMLCanvasElement} */ (element('exposure'));
  #weights = /** @type {HTMLCanvasElement} */ (element('weights'));
  /** @type {string[]} */
  #streams = [];
  /** @type {string[]} */
  #exposures = [];
  /** Which stream is compared; 0 is none. */
  #compared = 0;
  /** @type {number | 'all' | undefined} */
  #shownWeights;
  /** What was chosen: it stays while branches come and go. */
  #wantedWeights = 'off';
  /** The pictures carry no weights, but would if asked to. */
  #offersWeights = false;
  /** Whoever watches wants to see the weights. @type {() => void} */
  onWeightsWanted = () => undefined;
  #sequence = 0;
  #lineUp = new LineUpOverlay();
  #onPicture;

  /** @param {(seconds: number) => void} onPicture hears the running time of what is shown */
  constructor(onPicture) {
    this.#onPicture = onPicture;
    new Wipe(element('stage'), element('wipe'), (position) => {
      this.#exposure.style.clipPath = `inset(0 0 0 ${position}%)`;
    });
    const full = /** @type {HTMLButtonElement} */ (element('full-screen'));
    full.hidden = !document.fullscreenEnabled;
    full.addEventListener('click', () => void (document.fullscreenElement ? document.exitFullscreen() : element('viewer').requestFullscreen()));
    new PixelView(element('all-pixels'), /** @type {HTMLDialogElement} */ (element('pixel-view')));
    void this.#run();
  }

  /** @param {string[]} streams names, the fused one first */
  setStreams(streams) {
    if (streams.join() === this.#streams.join()) return;
    this.#streams = streams;
    element('compare').hidden = streams.length < 2;
    choices('compare', ['nothing', ...streams.slice(1)], (index) => this.#compare(index));
  }

  /** @param {boolean} offered the pictures can carry weights */
  offerWeights(offered) {
    if (this.#exposures.length > 0 || offered === this.#offersWeights) return;
    this.#offersWeights = offered;
    element('overlay').hidden = !offered;
    if (offered) choices('overlay', ['off', 'on'], (index) => index === 1 && this.onWeightsWanted());
  }

  /** @param {import('./chart-kinds.mjs').Figure[]} figures */
  setFigures(figures) {
    this.#lineUp.setFigures(figures);
  }

  /** @param {number} stream */
  #compare(stream) {
    this.#compared = stream;
    this.#sequence = 0; // Now, not with the next picture.
    for (const id of ['exposure', 'wipe', 'left-label', 'right-label']) element(id).hidden = stream === 0;
    element('left-label').textContent = this.#streams[0] ?? '';
    element('right-label').textContent = this.#streams[stream] ?? '';
    element('apart').hidden = true;
  }

  async #run() {
    for (;;) {
      if (document.hidden) await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
      try {
        await this.#next();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        this.#sequence = 0; // A server that started again counts from one.
      }
    }
  }

  async #next() {
    const compared = this.#compared;
    const streams = compared === 0 ? '0' : `0,${compared}`;
    const answer = await fetch(`/api/pictures?after=${this.#sequence}&streams=${streams}`);
    if (answer.status === 204) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const packet = readPacket(await answer.arrayBuffer());
    if (compared !== this.#compared) return; // Asked for before the choice changed.
    this.#sequence = packet.sequence;
    const shown = await Promise.all(packet.pictures.map(async (picture) => ({ ...picture, bitmap: await createImageBitmap(picture.blob) })));
    const [first] = shown;
    if (first) element('stage').style.setProperty('--aspect', String(first.bitmap.width / first.bitmap.height));
    for (const { stream, bitmap } of shown) draw(stream === 0 ? this.#fused : this.#exposure, bitmap);
    element('empty').hidden = true;
    this.#tellOffset(shown.find(({ stream }) => stream === compared && stream > 0));
    this.#showWeights(packet.weights);
    this.#lineUp.show(packet.lineUp);
    this.#onPicture(packet.seconds);
  }

  /** @param {{ stream: number, offset: number } | undefined} picture */
  #tellOffset(picture) {
    const offset = picture?.offset ?? 0;
    element('apart').hidden = Math.abs(offset) < APART_MS;
    element('apart').textContent =
      `${this.#streams[picture?.stream ?? 0]} is ${Math.abs(Math.round(offset))} ms ${offset < 0 ? 'older' : 'newer'} than the fused picture.`;
  }

  /** @param {import('./packet.mjs').Weights | undefined} weights */
  #showWeights(weights) {
    const names = weights?.exposures ?? [];
    if (names.join() !== this.#exposures.join()) {
      // Who asked for weights before there were any gets all.
      if (this.#offersWeights && chosen('overlay') === 'on') this.#wantedWeights = 'all';
      const first = ['off', ...names, 'all'].includes(this.#wantedWeights) ? this.#wantedWeights : 'off';
      this.#exposures = names;
      this.#offersWeights = false;
      this.#shownWeights = first === 'all' ? 'all' : first === 'off' ? undefined : names.indexOf(first);
      element('overlay').hidden = names.length === 0;
      choices('overlay', ['off', ...names, 'all'], (index) => {
        this.#wantedWeights = chosen('overlay') ?? 'off';
        this.#shownWeights = index === 0 ? undefined : index > this.#exposures.length ? 'all' : index - 1;
        this.#sequence = 0;
      }, first);
    }
    const shown = weights ? this.#shownWeights : undefined;
    this.#weights.hidden = shown === undefined;
    this.#weights.dataset.kind = shown === 'all' ? 'all' : 'one';
    element('legend').hidden = shown === undefined;
    if (!weights || shown === undefined) return;
    drawWeights(this.#weights, weights, shown);
    element('legend').replaceChildren(...legendOf(names, shown));
  }
}

/**
 * @param {string[]} names
 * @param {number | 'all'} shown
 * @returns {(Node | string)[]}
 */
function legendOf(names, shown) {
  if (shown !== 'all') return [`White: all of the picture comes from ${names[shown]}; black: none.`];
  return names.flatMap((name, index) => {
    const swatch = make('span', {});
    swatch.className = 'swatch';
    swatch.style.background = `rgb(${(COLOURS[index % COLOURS.length] ?? []).join(' ')})`;
    return [swatch, name];
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} bitmap
 */
function draw(canvas, bitmap) {
  if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
  if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}
