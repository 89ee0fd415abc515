/** The weight map over the picture: one exposure's share as brightness, or all of them by their colours. */

/** Colours that people tell apart who see colours differently: Okabe and Ito, https://jfly.uni-koeln.de/color/ */
export const COLOURS = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [213, 94, 0]];

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('./packet.mjs').Weights} weights
 * @param {number | 'all'} shown index of an exposure
 */
export function drawWeights(canvas, { columns, rows, exposures, values }, shown) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  if (!context || columns * rows === 0) return;
  const image = context.createImageData(columns, rows);
  const cells = columns * rows;
  for (let cell = 0; cell < cells; cell += 1) {
    const colour = [0, 0, 0];
    let total = 0;
    for (let exposure = 0; exposure < exposures.length; exposure += 1) {
      const weight = values[exposure * cells + cell] ?? 0;
      total += weight;
      const own = COLOURS[exposure % COLOURS.length] ?? [255, 255, 255];
      for (let channel = 0; channel < 3; channel += 1) {
        if (shown === 'all') colour[channel] = (colour[channel] ?? 0) + weight * (own[channel] ?? 0);
        else if (shown === exposure) colour[channel] = weight;
      }
    }
    const scale = shown === 'all' ? 1 / Math.max(1, total) : 1;
    for (let channel = 0; channel < 3; channel += 1) image.data[cell * 4 + channel] = (colour[channel] ?? 0) * scale;
    image.data[cell * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
