/**
 * Pictures of one instant: as they go from the frame thread to the server's, and as one answer to a browser, so that what the
 * wipe compares belongs together. The answer is four bytes with the length of a JSON head (big endian), the head, then the files
 * that it lists and the weight map. Read by page/packet.mjs.
 */
import type { LineUpView, WeightMap } from '../core/frames/frame';
import type { Capture, PictureHub } from './picture-hub';

export interface Picture {
  readonly stream: number;
  /** Milliseconds between the picture and the fused one. */
  readonly offset: number;
  readonly file: Uint8Array<ArrayBuffer>;
}

export interface Pictures {
  readonly sequence: number;
  readonly seconds: number;
  /** Of the streams that were asked for, those that have given something. */
  readonly pictures: readonly Picture[];
  readonly weights: WeightMap | undefined;
  readonly lineUp: LineUpView | undefined;
}

export async function picturesOf(hub: PictureHub, capture: Capture, streams: readonly number[]): Promise<Pictures> {
  const files = await Promise.all(streams.map((stream) => hub.jpeg(capture, stream)));
  const pictures = streams.flatMap((stream, index) => {
    const time = capture.frames[stream]?.runningTime;
    const file = files[index];
    // The hub keeps its file for others who ask: this is a copy that can be handed over.
    return time === undefined || !file ? [] : [{ stream, offset: Number(time - capture.runningTime) / 1e6, file: new Uint8Array(file) }];
  });
  const { sequence, runningTime, weightMap, lineUp } = capture;
  // A copy of its own, too: what the map is a view of may be larger.
  const weights = weightMap && { ...weightMap, values: new Uint8Array(weightMap.values) };
  return { sequence, seconds: Number(runningTime) / 1e9, pictures, weights, lineUp };
}

/** @param streams those that the browser asked for */
export function packPictures({ sequence, seconds, pictures, weights, lineUp }: Pictures, streams: readonly number[]): Uint8Array<ArrayBuffer> {
  const wanted = pictures.filter(({ stream }) => streams.includes(stream));
  const head = {
    sequence,
    seconds,
    pictures: wanted.map(({ stream, offset, file }) => ({ stream, bytes: file.length, offset })),
    weights: weights && { columns: weights.columns, rows: weights.rows, exposures: weights.exposures },
    lineUp,
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return new Uint8Array(Buffer.concat([length, text, ...wanted.map(({ file }) => file), ...(weights ? [weights.values] : [])]));
}
