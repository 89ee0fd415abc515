/**
 * How exposures were lined up, over the picture: the frame of each where it was brought to, beside the reference's in white, and arrows from
 * where it shows things to where they are brought.
 * Its numbers stand below, whether it is shown or not.
 */
import { choices, element, make, svg } from './dom.mjs';
import { exaggerated, farthest, frameOf, gridOf, scaleFor } from './moved.mjs';
import { COLOURS } from './weights.mjs';

/** @typedef {import('./packet.mjs').LineUp} LineUp */

/** Arrows across the picture. */
const COLUMNS = 9;
/** Of an arrow's head, in shares of the picture's width, and of a short arrow at most. */
const HEAD = 0.011;
const HEAD_SHARE = 0.45;

/** Dashes, so that nobody needs the colours. */
const DASHES = ['', '9 5', '2 5', '12 4 2 4', '5 3'];
const WHITE = 'rgb(255 255 255)';

export class LineUpOverlay {
  #shown = false;
  #scale = 1;
  #offered = false;
  /** @type {LineUp | undefined} */
  #last;
  /** What the line says. @type {string[]} */
  #figures = [];

  /** @param {LineUp | undefined} lineUp of the picture that is shown */
  show(lineUp) {
    this.#last = lineUp;
    this.#offer(lineUp !== undefined);
    this.#draw();
  }

  /**
   * By branch: pixels and confidence.
   * @param {import('./chart-kinds.mjs').Figure[]} figures
   */
  setFigures(figures) {
    const pixels = figures.filter(({ name }) => name === 'fusion_alignment_pixels');
    const several = new Set(pixels.map(({ labels }) => labels.node)).size > 1;
    const entries = pixels.map(({ labels, value }) => {
      const confidence = figures.find(({ name, labels: own }) => name === 'fusion_alignment_confidence' && own.node === labels.node && own.branch === labels.branch)?.value ?? 0;
      const branch = several ? `${labels.node} ${labels.branch}` : labels.branch;
      return `${branch}: moved by ${value.toFixed(1)} pixels, confidence ${Math.round(confidence * 100)} %`;
    });
    if (entries.join() === this.#figures.join()) return;
    this.#figures = entries;
    element('line-up-figures').hidden = entries.length === 0;
    element('line-up-figures').replaceChildren(...entries.map((textContent) => make('li', { textContent })));
  }

  /** @param {boolean} offered */
  #offer(offered) {
    if (offered === this.#offered) return;
    this.#offered = offered;
    element('line-up-choice').hidden = !offered;
    if (offered) choices('line-up-choice', ['off', 'on'], (index) => {
      this.#shown = index === 1;
      this.#draw();
    }, this.#shown ? 'on' : 'off');
  }

  #draw() {
    const home = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (element('line-up')));
    const lineUp = this.#shown ? this.#last : undefined;
    home.toggleAttribute('hidden', lineUp === undefined);
    element('line-up-legend').hidden = lineUp === undefined;
    if (!lineUp) return;
    const { width, height, area, reference, exposures } = lineUp;
    const moved = exposures.flatMap(({ name, homography }, index) => (homography ? [{ name, homography, index, pixels: farthest(homography, width, height) }] : []));
    this.#scale = scaleFor(Math.max(0, ...moved.map(({ pixels }) => pixels)), width, this.#scale);
    const told = moved.length === 0
      ? 'All exposures lie on the reference as they are.'
      : `Frames and arrows: from where an exposure shows things to where they are brought, ${this.#scale === 1 ? 'as far as they are moved' : `drawn ${this.#scale} times as far`}.`;
    home.setAttribute('viewBox', `${area.left} ${area.top} ${area.width} ${area.height}`);
    home.setAttribute('preserveAspectRatio', 'none');
    home.setAttribute('aria-label', [...moved.map(({ name, pixels }) => `${name} is moved by up to ${pixels.toFixed(1)} pixels`), told].join('. '));
    home.replaceChildren(...(moved.length > 0 ? twice('polygon', frameOf(width, height), WHITE, '') : []), ...moved.flatMap(({ homography, index }) => shapesOf(homography, index, { width, height }, this.#scale)));
    element('line-up-legend').replaceChildren(...moved.flatMap(({ name, index }) => [sample(colourOf(index), dashOf(index)), `${name} `]), ...(moved.length > 0 ? [sample(WHITE, ''), `${reference}, the reference. `] : []), told);
  }
}

/**
 * @param {number[]} homography
 * @param {number} index
 * @param {{ width: number, height: number }} size
 * @param {number} scale
 */
function shapesOf(homography, index, { width, height }, scale) {
  const outline = frameOf(width, height).map((corner) => exaggerated(homography, corner, scale));
  const arrows = gridOf(width, height, COLUMNS).map((from) => arrow(from, exaggerated(homography, from, scale), HEAD * width));
  return [...twice('polygon', outline, colourOf(index), dashOf(index)), ...arrows.flatMap((points) => twice('polyline', points, colourOf(index), ''))];
}

/**
 * A line, and a dark one below it, so that it is seen on any picture.
 * @param {'polygon' | 'polyline'} tag
 * @param {number[][]} places
 * @param {string} stroke
 * @param {string} dash
 */
function twice(tag, places, stroke, dash) {
  const points = places.map((point) => point.join(',')).join(' ');
  return [svg(tag, { points, class: 'halo' }), svg(tag, { points, stroke, 'stroke-dasharray': dash })];
}

/**
 * A line with a head at its end, in one stroke.
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {number} head
 */
function arrow(from, to, head) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const long = Math.hypot(dx, dy);
  if (long === 0) return [from, to];
  const size = Math.min(head, HEAD_SHARE * long) / long;
  const wing = (/** @type {number} */ side) => [to[0] - size * (dx - side * 0.6 * dy), to[1] - size * (dy + side * 0.6 * dx)];
  return [from, to, wing(1), to, wing(-1)];
}

/** @param {number} index */
function colourOf(index) {
  return `rgb(${(COLOURS[index % COLOURS.length] ?? []).join(' ')})`;
}

/** @param {number} index */
function dashOf(index) {
  return DASHES[index % DASHES.length] ?? '';
}

/**
 * @param {string} stroke
 * @param {string} dash
 */
function sample(stroke, dash) {
  const home = svg('svg', { class: 'line-sample', viewBox: '0 0 40 16', 'aria-hidden': 'true' });
  home.append(svg('line', { x1: '3', y1: '8', x2: '37', y2: '8', stroke, 'stroke-dasharray': dash }));
  return home;
}
