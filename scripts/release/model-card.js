'use strict';

/** The tables of models/MODEL_CARD.md, out of the cards that programs read: which weights, trained how, and how good. */

const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const read = (root, file) => JSON.parse(readFileSync(join(root, 'models', file), 'utf8'));
const rounded = (value, digits) => (value === undefined ? '' : (Math.round(value * 10 ** digits) / 10 ** digits).toFixed(digits));

function weightRows(root) {
  const network = read(root, 'ipl-s.json');
  const gpu = read(root, 'ipl-s-gpu.json');
  if (gpu.network !== network.sha256) throw new Error('The graphs for GPUs were made of other weights than ipl-s.onnx.');
  const graphs = [{ file: network.file, sha256: network.sha256 }, ...Object.values(gpu.graphs)];
  const deep = read(root, 'ten-bits-gpu.json'); // Graphs without weights: the blend of 10 bits, and the merge to HDR.
  graphs.push(...Object.values(deep.blend), ...Object.values(deep.merge));
  return graphs.map(({ file, sha256 }) => `| \`${file}\` | \`${sha256}\` |`);
}

const METHODS = { ipl: 'this network', mertens: 'OpenCV Mertens', 'extended fusion': 'extended exposure fusion' };
/** Figures of the benchmark, what the table calls them, and their digits. */
const COLUMNS = [
  ['psnr', 'PSNR', 1],
  ['ssim', 'SSIM', 3],
  ['highlights', 'lights back', 0],
  ['shadows', 'shadows back', 0],
  ['kept', 'kept', 1],
  ['mefSsim', 'MEF-SSIM', 3],
  ['mefSsimD', 'MEF-SSIMd', 3],
  ['flicker', 'flicker', 2],
];

/** Only of these very weights. */
function figureRows({ figures, sha256 }) {
  if (figures['of sha256'] !== sha256) throw new Error('The figures of models/ipl-s.json are those of other weights.');
  return Object.entries(figures).flatMap(([what, by]) => {
    if (typeof by !== 'object') return [];
    return Object.entries(by).map(([who, found]) => {
      const cells = [what, METHODS[who] ?? who, found.scenes, ...COLUMNS.map(([name, , digits]) => rounded(found[name], digits))];
      return `| ${cells.join(' | ')} |`;
    });
  });
}

function cardTables(root) {
  const network = read(root, 'ipl-s.json');
  const { training, parameters, figures } = network;
  return `| file | SHA-256 |
|---|---|
${weightRows(root).join('\n')}

${parameters} parameters, ONNX opset ${network.opset}. Trained on ${training.data}, ${training.steps} steps, beginning with ${training.recipe.start === 'shipped' ? 'the weights that shipped before' : 'random weights'}. Licences of what it learnt from: ${training.licences.join('; ')}.

Measured by \`${figures.by}\` on pictures that it never saw; PSNR in dB, flicker in codes (less is better). Back is, in %,
how much the picture shows of what the reference exposure lost and another one has; kept, of what the reference shows:

| what | by | scenes | ${COLUMNS.map(([, heading]) => heading).join(' | ')} |
|---|---|---|${'---|'.repeat(COLUMNS.length)}
${figureRows(network).join('\n')}`;
}

module.exports = { cardTables };
