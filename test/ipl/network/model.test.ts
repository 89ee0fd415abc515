import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../../plugin/core/errors';
import { buildKernels } from '../../../plugin/ipl/kernels/build';
import { DEFAULT_MODEL, loadModel, readModel, type ModelCard } from '../../../plugin/ipl/network/model';
import { MODELS_FOLDER } from '../../../plugin/ipl/network/read-model';

test.before(async () => {
  await buildKernels();
});

const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-model-'));

test('the shipped card and network belong together and stay under 2 MB', (t) => {
  const { card, network } = readModel(DEFAULT_MODEL);
  t.true(network.length < 2_000_000);
  t.is(card.exposures.min, 2);
  t.is(card.exposures.max, 5);
});

test('an altered network is refused', (t) => {
  const card = path.join(folder, 'altered.json');
  copyFileSync(DEFAULT_MODEL, card);
  const { file } = JSON.parse(readFileSync(card, 'utf8')) as ModelCard;
  const network = Buffer.from(readModel(DEFAULT_MODEL).network);
  network[100] = (network[100] ?? 0) ^ 1;
  writeFileSync(path.join(folder, file), network);
  const error = t.throws(() => readModel(card), { instanceOf: GstIplError });
  t.is(error.code, 'bad-model');
  t.regex(error.message, /not the one that its card describes/);
  t.regex(error.hint ?? '', /sha256/);
});

test('an absent network, an absent card, a card that is not JSON and one that lacks fields are told apart', (t) => {
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const card = { ...(JSON.parse(readFileSync(DEFAULT_MODEL, 'utf8')) as ModelCard), file: 'nowhere.onnx' };
  const messages = [
    [write('absent.json', JSON.stringify(card)), /nowhere\.onnx cannot be read/],
    [path.join(folder, 'none.json'), /none\.json cannot be read/],
    [write('text.json', 'hello'), /is not JSON/],
    [write('empty.json', '{}'), /lacks name, file, sha256/],
  ] as const;
  for (const [file, message] of messages) {
    const error = t.throws(() => readModel(file), { instanceOf: GstIplError, message });
    t.is(error.code, 'bad-model');
  }
});

/** A card beside a copy of the network, with some fields changed. */
function changedCard(name: string, change: Record<string, unknown>): string {
  const card = path.join(folder, `${name}.json`);
  writeFileSync(card, JSON.stringify({ ...(JSON.parse(readFileSync(DEFAULT_MODEL, 'utf8')) as ModelCard), file: 'copy.onnx', ...change }));
  writeFileSync(path.join(folder, 'copy.onnx'), readModel(DEFAULT_MODEL).network);
  return card;
}

test('a card that says what this version does not work with is refused by file and field', (t) => {
  const { statistics } = readModel(DEFAULT_MODEL).card;
  const changes: [field: string, value: unknown, message: RegExp][] = [
    ['bandRows', 5, /says "bandRows": 5, but it has to be 4/],
    ['coefficients', 5, /says "coefficients": 5, but it has to be 6/],
    ['statistics', [...statistics].reverse(), /says "statistics": \["mean Cr",.*, but it has to be in this order: mean Yk, std Yk/],
    ['statistics', statistics.slice(1), /says "statistics"/],
    ['logits', undefined, /lacks logits/],
    ['logits', 'ln', /says "logits": "ln", but it has to be "log2"/],
    ['exposures', { min: 2, max: 9 }, /says "exposures": \{"min":2,"max":9\}/],
    ['halo', -1, /says "halo": -1/],
    ['halo', '3', /says "halo": "3"/],
    ['tokenBytes', 0, /says "tokenBytes": 0/],
    ['tokenColumns', 1.5, /says "tokenColumns": 1.5/],
    ['views', null, /says "views": null/],
    ['sha256', 'abc', /says "sha256": "abc"/],
    ['file', '../ipl-s.onnx', /says "file"/],
    ['format', 3, /says "format": 3, but it has to be 2/],
  ];
  for (const [field, value, message] of changes) {
    const file = changedCard('changed', { [field]: value });
    const error = t.throws(() => readModel(file), { instanceOf: GstIplError, message }, field);
    t.is(error.code, 'bad-model');
    t.is(error.place?.file, file);
    t.true(error.message.includes(file));
  }
  t.notThrows(() => readModel(changedCard('same', {})));
});

test('a card that says what its network does not is refused by file and field', async (t) => {
  const { card } = readModel(DEFAULT_MODEL);
  const changes: [field: keyof ModelCard, value: number, message: RegExp][] = [
    ['tokenBytes', card.tokenBytes * 2, /copy\.onnx has the input "tokens" with 16 on axis 1, but its card's "tokenBytes" makes it 32/],
    ['tokenColumns', card.tokenColumns + 1, /the input "column_pool" with 4 on axis 1, but its card's "tokenColumns" makes it 5/],
    ['views', card.views + 1, /the input "survey" with 6 on axis 1, but its card's "views" makes it 8/],
    ['halo', card.halo - 1, /copy\.onnx .*its card's "halo"/],
    ['halo', card.halo + 1, /copy\.onnx .*its card's "halo"/],
  ];
  for (const [field, value, message] of changes) {
    const error = await t.throwsAsync(loadModel(changedCard(`network-${field}`, { [field]: value })), { instanceOf: GstIplError, message }, field);
    t.is(error.code, 'bad-model');
  }
  await t.notThrowsAsync(loadModel(changedCard('same', {})));
});

test('a network of another make is refused by what it takes', async (t) => {
  // The graph for GPUs has other inputs.
  const network = readFileSync(path.join(MODELS_FOLDER, 'ipl-s-k3-gpu.onnx'));
  const card = path.join(folder, 'other.json');
  writeFileSync(path.join(folder, 'other.onnx'), network);
  writeFileSync(card, JSON.stringify({ ...readModel(DEFAULT_MODEL).card, file: 'other.onnx', sha256: createHash('sha256').update(network).digest('hex') }));
  await t.throwsAsync(loadModel(card), { instanceOf: GstIplError, message: /other\.onnx has an input "fresh", which gst-ipl does not know/ });
});
