/** What a stage gives, before anybody takes it: a user's element may be plain JavaScript, and a slip must name it, not who reads it. */
import type { Item } from '../../core/frames/frame';

/** @throws TypeError that says what is wrong with it */
export function checkItem(item: unknown): asserts item is Item {
  if (typeof item !== 'object' || item === null) throw new TypeError(`It gave ${item === null ? 'null' : `a value of type ${typeof item}`}, where a frame was wanted.`);
  const { kind, runningTime, caps } = item as { kind?: unknown; runningTime?: unknown; caps?: { layout?: { size?: unknown } } };
  if (kind === 'exposures') return;
  if (kind !== 'frame') throw new TypeError('It gave something else than a frame: an object whose "kind" is neither "frame" nor "exposures".');
  if (typeof runningTime !== 'bigint' || runningTime < 0n) throw new TypeError('It gave a frame whose "runningTime" is no bigint of nanoseconds from 0n on.');
  const size = caps?.layout?.size;
  if (typeof size !== 'number') throw new TypeError('It gave a frame without "caps": `deriveFrame(frame, { payload })` keeps those of another.');
  checkPayload(item, size);
}

/** A parked payload (core/frames/parking.ts) is the product's own and right; to look at it would fetch it. */
function checkPayload(item: object, size: number): void {
  const described = Object.getOwnPropertyDescriptor(item, 'payload');
  if (described?.get) return;
  const payload: unknown = described?.value;
  if (!(payload instanceof Uint8Array)) throw new TypeError('It gave a frame whose "payload" is no Uint8Array.');
  if (payload.byteLength < size) throw new TypeError(`It gave a frame of ${payload.byteLength} bytes; its caps need ${size}.`);
}
