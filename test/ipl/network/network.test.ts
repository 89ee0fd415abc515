import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { Tensor } from 'onnxruntime-node';
import { columnPool, onesAt } from '../../../plugin/ipl/network/column-pool';
import { DEFAULT_MODEL, loadModel } from '../../../plugin/ipl/network/model';
import { mapPyramid, ownRows, upRows } from '../../../plugin/ipl/network/pyramid-feeds';

interface Golden {
  readonly inputs: Record<string, { type: 'float32' | 'uint8'; dims: number[]; data: number[] }>;
  readonly outputs: Golden['inputs'];
  readonly tolerance: Record<string, number>;
}

const golden = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'golden', 'network.json'), 'utf8')) as Golden;

test('the shipped network gives what PyTorch gave when it was exported', async (t) => {
  const { session } = await loadModel(DEFAULT_MODEL);
  const feeds = Object.entries(golden.inputs).map(([name, { type, dims, data }]) => {
    return [name, new Tensor(type, type === 'uint8' ? Uint8Array.from(data) : Float32Array.from(data), dims)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  for (const [name, expected] of Object.entries(golden.outputs)) {
    const data = results[name]?.data as Float32Array;
    t.is(data.length, expected.data.length);
    const worst = expected.data.reduce((most, value, index) => Math.max(most, Math.abs(value - (data[index] ?? NaN))), 0);
    t.true(worst <= (golden.tolerance[name] ?? 0), `${name} differs by ${worst}`);
  }
});

test('the constant inputs are made as the training made them', (t) => {
  const dims = (name: string): number[] => golden.inputs[name]?.dims ?? [];
  const [, , height = 0, width = 0] = dims('survey');
  const [rowsWithHalo = 0] = dims('up_rows');
  const [, rows = 0] = dims('own_rows');
  const pyramid = mapPyramid(height, width);
  const made = {
    column_pool: columnPool(width, dims('column_pool')[1] ?? 0),
    ...pyramid.feeds,
    up_rows: upRows(pyramid, (rows - rowsWithHalo) / 2, rowsWithHalo),
    own_rows: ownRows(height, 0, rows),
  };
  for (const [name, tensor] of Object.entries(made)) {
    const expected = golden.inputs[name]?.data ?? [];
    t.deepEqual([...tensor.dims], dims(name), name);
    const data = tensor.data as Float32Array;
    t.true(expected.every((value, index) => Math.abs(value - (data[index] ?? NaN)) < 1e-6), name);
  }
  t.deepEqual([...(onesAt(1, 2, 4).data as Float32Array)], [0, 1, 0, 0, 0, 0, 1, 0]);
});
