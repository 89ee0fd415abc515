/** What the page's routes ask the frame thread for: the state, pictures, a still, a change of a parameter. */
import path from 'node:path';
import type { GraphView } from '../core/graph-view';
import type { AnswerValue, Offer } from '../observe/http';
import type { PictureHub } from './picture-hub';
import { picturesOf, type Pictures } from './picture-packet';
import type { PicturesQuestion } from './pictures-question';
import { EventHistory, stateOf } from './state';

/** What the routes get at the start. */
export interface PageData {
  readonly streams: readonly string[];
  /** Pictures a second. */
  readonly rate: number;
}

export interface ParameterQuestion {
  readonly path: string;
  readonly value: unknown;
}

export interface StillFile {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly seconds: number;
}

export interface PreviewParts {
  readonly view: GraphView;
  readonly hub: PictureHub;
  readonly streams: readonly string[];
  readonly rate: number;
}

/** The page asks every second. */
const STATE_MS = 250;

/** Without a new picture for so long, it is asked anew: another viewer may have come, who has none yet. */
const PICTURE_MS = 1_000;

/** Somebody moves a slider: 12 a second (SEND_MS in page/controls.mjs). */
const CHANGE_MS = 20;

/**
 * All pixels as PNG keep a core busy for a second at 4K: no more than a fifth of a core goes into it, however many want one.
 */
const STILL = { everyMs: 1_000, rests: 4 };

export function previewOffer({ view, hub, streams, rate }: PreviewParts): Offer {
  const history = new EventHistory(view);
  return {
    module: path.join(__dirname, 'routes'),
    data: { streams, rate } satisfies PageData,
    answers: {
      state: { everyMs: STATE_MS, resolve: () => ({ value: JSON.stringify({ ...stateOf(view, streams, history), toneMapped: hub.toneMapped }) }) },
      // The hub keeps to the rate; who has another picture than the newest is answered at once, and twice as often at most.
      pictures: { everyMs: 500 / rate, resolve: (question: PicturesQuestion) => pictures(hub, question) },
      still: { ...STILL, resolve: () => still(hub) },
      parameter: {
        everyMs: CHANGE_MS,
        resolve: ({ path: name, value }: ParameterQuestion) => {
          view.parameters.set(name, value);
          return { value: view.parameters.get(name) ?? null };
        },
      },
    },
  };
}

async function pictures(hub: PictureHub, { after, streams }: PicturesQuestion): Promise<AnswerValue> {
  const capture = await hub.next(after, AbortSignal.timeout(PICTURE_MS));
  if (!capture) return { value: undefined };
  const value: Pictures = await picturesOf(hub, capture, streams);
  return { value, transfer: value.pictures.map(({ file }) => file.buffer) };
}

async function still(hub: PictureHub): Promise<AnswerValue> {
  const made = await hub.still();
  if (!made) return { value: undefined };
  const value: StillFile = { file: new Uint8Array(made.file), seconds: Number(made.runningTime) / 1e9 };
  return { value, transfer: [value.file.buffer] };
}
