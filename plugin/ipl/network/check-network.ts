/** Whether a network takes and gives what its card says: by what the file declares, and by a run on the smallest map. */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { GstIplError } from '../../core/errors';
import { planeLayout } from '../../core/frames/video-layout';
import { planGeometry } from './geometry';
import { surveyMaps, type ModelCard } from './model-card';

/** Of one axis: a number, or undefined where it depends on the picture; and the card's field that says it. */
type Axis = number | undefined | readonly [number, keyof ModelCard];
type Signature = Readonly<Record<string, readonly [type: 'float32' | 'uint8', ...axes: Axis[]]>>;

const ANY = undefined;

function signatureOf(card: ModelCard): { inputs: Signature; outputs: Signature } {
  const maps = [surveyMaps(card), 'views'] as const;
  const token = [card.tokenBytes, 'tokenBytes'] as const;
  const matrix = ['float32', ANY, ANY] as const;
  const inputs: Signature = {
    statistics: ['float32', ANY, [card.statistics.length, 'statistics'], ANY, ANY],
    column_pool: ['float32', ANY, [card.tokenColumns, 'tokenColumns']],
    tokens: ['uint8', ANY, token],
    occupied: ['float32', ANY],
    placement: matrix,
    survey: ['uint8', ANY, maps, ANY, ANY],
    own_rows: matrix, down_rows: matrix, next_rows: matrix, up_rows: matrix,
    down_columns: matrix, next_columns: matrix, up_columns: matrix, same_level: matrix,
  };
  const outputs: Signature = {
    coefficients: ['float32', ANY, [card.coefficients, 'coefficients'], ANY, ANY],
    new_tokens: ['uint8', ANY, token],
    new_survey: ['uint8', ANY, maps, ANY, ANY],
  };
  return { inputs, outputs };
}

/** @throws GstIplError `bad-model` naming the file, and the field where it is one */
export async function checkNetwork(session: InferenceSession, card: ModelCard, file: string): Promise<void> {
  const { inputs, outputs } = signatureOf(card);
  compare('input', session.inputMetadata, inputs, file);
  compare('output', session.outputMetadata, outputs, file);
  await tryRun(session, card, file);
}

function compare(kind: string, declared: readonly InferenceSession.ValueMetadata[], expected: Signature, file: string): void {
  for (const { name } of declared) if (!Object.hasOwn(expected, name)) throw bad(file, `has an ${kind} "${name}", which gst-ipl does not know`);
  for (const [name, [type, ...axes]] of Object.entries(expected)) {
    const found = declared.find((value) => value.name === name);
    if (!found?.isTensor) throw bad(file, `has no ${kind} "${name}"`);
    if (found.type !== type) throw bad(file, `has the ${kind} "${name}" as ${found.type}, not as ${type}`);
    if (found.shape.length !== axes.length) throw bad(file, `has the ${kind} "${name}" with ${found.shape.length} axes, not ${axes.length}`);
    for (const [at, axis] of axes.entries()) {
      const size = found.shape[at];
      const [wanted, field] = typeof axis === 'object' ? axis : [axis, undefined];
      if (wanted === undefined || typeof size !== 'number' || size === wanted) continue;
      const says = field ? `its card's "${field}" makes it ${wanted}` : `it has to be ${wanted}`;
      throw bad(file, `has the ${kind} "${name}" with ${size} on axis ${at}, but ${says}`);
    }
  }
}

/** What no declaration says, such as the halo, shows in the sizes of the results. */
async function tryRun(session: InferenceSession, card: ModelCard, file: string): Promise<void> {
  const exposures = 2;
  const geometry = planGeometry('', planeLayout('I420', 64, 64), exposures, 1, card);
  const { plan } = geometry;
  const [slice] = plan.slices;
  if (!slice) throw new RangeError('A picture has slices.');
  const survey = [exposures, surveyMaps(card), plan.mapHeight, plan.mapWidth];
  const bytes = (dims: readonly number[]): Tensor => new Tensor('uint8', new Uint8Array(dims.reduce((all, size) => all * size, 1)), dims);
  const feeds = {
    statistics: new Tensor('float32', geometry.cut(slice), [exposures, card.statistics.length, slice.rows + 2 * card.halo, plan.mapWidth]),
    ...geometry.constants.get(slice),
    tokens: bytes([plan.slots, card.tokenBytes]),
    occupied: new Tensor('float32', new Float32Array(plan.slots), [plan.slots]),
    survey: bytes(survey),
  };
  // What fails is thrown as well.
  const results = await session.run(feeds, { logSeverityLevel: 4 }).catch((error: Error) => {
    throw bad(file, `does not run with its card's "halo" of ${card.halo} and "bandRows" of ${card.bandRows}: ${error.message}`);
  });
  const sizes: Readonly<Record<string, readonly number[]>> = {
    coefficients: [exposures, card.coefficients, slice.rows, plan.mapWidth],
    new_tokens: [slice.cells, card.tokenBytes],
    new_survey: [exposures, surveyMaps(card), slice.rows, plan.mapWidth],
  };
  for (const [name, expected] of Object.entries(sizes)) {
    const found = results[name]?.dims ?? [];
    if (found.join() === expected.join()) continue;
    throw bad(file, `gives "${name}" with ${found.join('x')} values for a slice of ${slice.rows} rows with a halo of ${card.halo}, not ${expected.join('x')}: its card's "halo" or "bandRows" is not the network's`);
  }
}

function bad(file: string, what: string): GstIplError {
  return new GstIplError('bad-model', `The network ${file} ${what}.`, {
    place: { file },
    hint: 'Export the card together with the network (models/train), for this version of gst-ipl.',
  });
}
