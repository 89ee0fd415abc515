/**
 * Pictures of one instant in one answer, so that what the wipe compares belongs together: four bytes with the length of a
 * JSON head (big endian), the head, then the files that it lists and the weight map. Read by page/packet.mjs.
 */
import type { Capture, PictureHub } from './picture-hub';

export async function packPictures(hub: PictureHub, capture: Capture, streams: readonly number[]): Promise<Uint8Array<ArrayBuffer>> {
  const files = await Promise.all(streams.map((stream) => hub.jpeg(capture, stream)));
  const pictures = streams.flatMap((stream, index) => {
    const time = capture.frames[stream]?.runningTime;
    const bytes = files[index]?.length;
    if (time === undefined || bytes === undefined) return [];
    // Milliseconds between the picture and the fused one.
    return [{ stream, bytes, offset: Number(time - capture.runningTime) / 1e6 }];
  });
  const { weightMap } = capture;
  const head = {
    sequence: capture.sequence,
    seconds: Number(capture.runningTime) / 1e9,
    pictures,
    weights: weightMap && { columns: weightMap.columns, rows: weightMap.rows, exposures: weightMap.exposures },
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const parts = [length, text, ...files.filter((file) => file !== undefined), ...(weightMap ? [weightMap.values] : [])];
  return new Uint8Array(Buffer.concat(parts));
}
