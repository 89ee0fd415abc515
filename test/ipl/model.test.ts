import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../plugin/core/errors';
import { DEFAULT_MODEL, readModel, type ModelCard } from '../../plugin/ipl/model';

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
