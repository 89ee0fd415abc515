/** Where an exposure lies on the reference: plain geometry, without the page. */

/** @typedef {[number, number]} Point in pixels */

/** Drawn this many times as large: what people read at a glance. */
const SCALES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Shares of the picture's width that the longest arrow has: one that is shorter, or longer, is drawn by another scale. */
const SHORTEST = 0.02;
const LONGEST = 0.08;
const WISHED = 0.06;

/** Frames are drawn so far inside of the picture: what lies beyond its border would not be seen. */
const INSIDE = 0.08;

/**
 * Where a pixel of an exposure is brought to: the homography's inverse, by its adjugate.
 * @param {number[]} homography pixels of the reference -> pixels of the exposure
 * @param {Point} point
 * @returns {Point}
 */
export function broughtTo(homography, [x, y]) {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = homography;
  const depth = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
  return [((e * i - f * h) * x + (c * h - b * i) * y + (b * f - c * e)) / depth, ((f * g - d * i) * x + (a * i - c * g) * y + (c * d - a * f)) / depth];
}

/**
 * By how much an exposure's corners are moved at most, in pixels.
 * @param {number[]} homography
 * @param {number} width
 * @param {number} height
 */
export function farthest(homography, width, height) {
  return Math.max(...corners(width, height).map((corner) => length(corner, broughtTo(homography, corner))));
}

/**
 * Round the picture, so that they make an outline.
 * @param {number} width
 * @param {number} height
 * @returns {Point[]}
 */
export function corners(width, height) {
  return [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]];
}

/**
 * A frame a little inside of the picture.
 * @param {number} width
 * @param {number} height
 * @returns {Point[]}
 */
export function frameOf(width, height) {
  const inside = INSIDE * Math.min(width, height);
  return corners(width, height).map(([x, y]) => [x + (x === 0 ? inside : -inside), y + (y === 0 ? inside : -inside)]);
}

/**
 * Arrows' tails: the middles of a coarse grid of squares.
 * @param {number} width
 * @param {number} height
 * @param {number} columns
 * @returns {Point[]}
 */
export function gridOf(width, height, columns) {
  const rows = Math.max(1, Math.round((columns * height) / width));
  return Array.from({ length: columns * rows }, (_, at) => {
    return [((at % columns) + 0.5) * (width / columns), (Math.floor(at / columns) + 0.5) * (height / rows)];
  });
}

/**
 * A point, and so many times its way.
 * @param {number[]} homography
 * @param {Point} from
 * @param {number} scale
 * @returns {Point}
 */
export function exaggerated(homography, from, scale) {
  const to = broughtTo(homography, from);
  return [from[0] + scale * (to[0] - from[0]), from[1] + scale * (to[1] - from[1])];
}

/**
 * @param {number} most pixels of the longest way
 * @param {number} width pixels of the picture
 * @param {number} last the scale of the picture before: it stays while it serves
 */
export function scaleFor(most, width, last) {
  if (most === 0) return last;
  const share = (most * last) / width;
  if (share >= SHORTEST && share <= LONGEST) return last;
  return SCALES.findLast((scale) => (most * scale) / width <= WISHED) ?? 1;
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function length([ax, ay], [bx, by]) {
  return Math.hypot(ax - bx, ay - by);
}
