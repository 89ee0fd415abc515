/** Makes one recording of pieces. Nothing is decoded or encoded. */
import { createReadStream } from 'node:fs';
import { GstIplError } from '../core/errors';
import { clash } from '../core/files/file-use';
import { OutputFile } from '../core/files/output-file';
import { checkInput, checkOutput } from '../core/files/paths';
import type { Nanoseconds } from '../core/time';
import { launch } from '../gstreamer/launch/launch';
import { GstPipeline } from '../gstreamer/pipeline';
import { PieceReader } from './piece-reader';

/** Bytes that are handed over at once, and how many of those may wait. */
const CHUNK = 1 << 20;
const WAITING = 4;
const POLL_MS = 2;

/**
 * @param container what makes a recording of encoded pictures (piece-graph.ts)
 * @returns how many pictures it has
 * @throws GstIplError; what was there before stays then
 */
export async function joinPieces(pieces: readonly string[], container: string, out: string): Promise<number> {
  checkFiles(pieces, out);
  const file = OutputFile.at(out);
  const pipeline = new GstPipeline(`appsrc name=pieces format=bytes max-bytes=0 caps=application/x-gdp ! gdpdepay ! ${container} ! ${launch`filesink location=${file?.temporary ?? out}`}`);
  const ended = new Promise<void>((resolve, reject) => {
    pipeline.events.subscribe((event) => {
      if (event.type === 'eos') resolve();
      if (event.type === 'error') reject(event.error);
    });
  });
  ended.catch(() => undefined); // It is awaited below.
  try {
    if (!(await pipeline.play())) throw pipeline.failure ?? new GstIplError('pipeline-failed', 'GStreamer cannot join the pieces.');
    const pictures = await pushAll(pieces, pipeline);
    pipeline.find('pieces').endStream();
    await ended;
    await pipeline.stop();
    await file?.finish();
    return pictures;
  } catch (error) {
    await pipeline.stop();
    file?.remove();
    throw error;
  }
}

/** @throws GstIplError `missing-file`, `bad-usage` */
function checkFiles(pieces: readonly string[], out: string): void {
  for (const piece of pieces) {
    const finding = checkInput(piece, 'file');
    if (finding) throw new GstIplError('missing-file', finding.message, { hint: finding.hint });
    if (clash({ does: 'reads', path: piece }, { does: 'writes', path: out })) throw new GstIplError('bad-usage', `The output "${out}" is the piece "${piece}" itself.`, { hint: 'Give it another name.' });
  }
  const finding = checkOutput(out);
  if (finding) throw new GstIplError('missing-file', finding.message, { hint: finding.hint });
}

async function pushAll(pieces: readonly string[], pipeline: GstPipeline): Promise<number> {
  const source = pipeline.find('pieces');
  let pictures = 0;
  let last: { piece: string; begins: Nanoseconds } | undefined;
  for (const piece of pieces) {
    const reader = new PieceReader();
    for await (const chunk of createReadStream(piece, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
      if (pipeline.failure) throw pipeline.failure;
      reader.read(chunk);
      if (last && reader.begins !== undefined && reader.begins <= last.begins) throw outOfOrder(piece, last.piece);
      await source.push(chunk, { pts: undefined, duration: undefined });
      while (source.waiting > WAITING && !pipeline.failure) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    if (!reader.isWhole) throw new GstIplError('pipeline-failed', `The piece "${piece}" is damaged.`, { hint: 'Remove it, and run the same again: it is made anew.' });
    pictures += reader.pictures;
    last = { piece, begins: reader.begins ?? 0n };
  }
  return pictures;
}

/** A muxer would take such pictures, and write a recording that no player shows right. */
function outOfOrder(piece: string, before: string): GstIplError {
  return new GstIplError('bad-usage', `The piece "${piece}" does not begin later than "${before}", which is named before it.`, { hint: 'Name each piece once, in the order of their times.' });
}
