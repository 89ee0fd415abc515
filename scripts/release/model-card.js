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
  return graphs.map(({ file, sha256 }) => `| \`${file}\` | \`${sha256}\` |`);
}

/** Only of these very weights. */
function figureRows({ figures, sha256 }) {
  if (figures['of sha256'] !== sha256) throw new Error('The figures of models/ipl-s.json are those of other weights.');
  return Object.entries(figures).flatMap(([what, by]) => {
    if (typeof by !== 'object') return [];
    return Object.entries(by).map(([who, { scenes, psnr, ssim, mefSsim, mefSsimD, flicker }]) => {
      const cells = [what, who === 'ipl' ? 'this network' : 'OpenCV Mertens', scenes, rounded(psnr, 1), rounded(ssim, 3), rounded(mefSsim, 3), rounded(mefSsimD, 3), rounded(flicker, 2)];
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

${parameters} parameters, ONNX opset ${network.opset}. Trained on ${training.data}, ${training.steps} steps, ${training.minutes} minutes of one
processor thread. Licences of what it learnt from: ${training.licences.join('; ')}.

Measured by \`${figures.by}\` on pictures that it never saw; PSNR in dB, flicker in codes (less is better):

| what | by | scenes | PSNR | SSIM | MEF-SSIM | MEF-SSIMd | flicker |
|---|---|---|---|---|---|---|---|
${figureRows(network).join('\n')}`;
}

module.exports = { cardTables };
