/** Payloads that wait uncounted, and payloads whose memory is given back. */
import test from 'ava';
import { deriveFrame } from '../../plugin/core/frames/frame';
import { Parking } from '../../plugin/core/frames/parking';
import { release, releaseFrame } from '../../plugin/core/frames/release';
import { makeFrame } from '../support/frames';

/** A payload behind a header. */
const payloadOf = (value: number): Uint8Array => new Uint8Array(70).fill(value).subarray(62);

test('what was parked comes back as it was, in any order, and always the same', (t) => {
  const parking = new Parking();
  const reads = [1, 2, 3].map((value) => parking.park(payloadOf(value)));
  for (const at of [1, 0, 2, 1]) t.deepEqual(reads[at]?.(), new Uint8Array(8).fill(at + 1));
  t.is(reads[1]?.(), reads[1]?.());
  parking.close();
});

test('the memory goes with it', (t) => {
  const parking = new Parking();
  const payload = payloadOf(1);
  const read = parking.park(payload);
  t.is(payload.length, 0);
  t.is(read().byteOffset, 62);
  parking.close();
});

test('many that nobody asks for are not lost', (t) => {
  const parking = new Parking();
  const reads = Array.from({ length: 40 }, (_, value) => parking.park(payloadOf(value)));
  t.deepEqual(reads.map((read) => read()[0]), reads.map((_, value) => value));
  parking.close();
});

test('what waits can be had after the end, and what comes later is not parked', (t) => {
  const parking = new Parking();
  const early = parking.park(payloadOf(1));
  parking.close();
  parking.close();
  const late = parking.park(payloadOf(2));
  t.deepEqual([early()[0], late()[0]], [1, 2]);
});

test('a derived frame reads the payload when it is asked for', (t) => {
  const parking = new Parking();
  const reads: string[] = [];
  const read = parking.park(payloadOf(7));
  const frame = {
    ...makeFrame(0),
    get payload() {
      reads.push('read');
      return read();
    },
  };
  // Spread, an accessor becomes a value.
  const lazy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(frame)) as typeof frame;
  const derived = deriveFrame(lazy, { runningTime: 5n });
  t.deepEqual([derived.runningTime, derived.kind, reads.length], [5n, 'frame', 0]);
  t.is(derived.payload[0], 7);
  t.is(deriveFrame(lazy, { payload: payloadOf(8) }).payload[0], 8);
  parking.close();
});

test('a payload that is released is empty; shared ones and slices stay', (t) => {
  const alone = payloadOf(1);
  release(alone);
  t.is(alone.length, 0);
  const [slice, inShared] = [new Uint8Array(4096).subarray(0, 8), new Uint8Array(new SharedArrayBuffer(8))];
  release(slice);
  release(inShared);
  t.deepEqual([slice.length, inShared.length], [8, 8]);
  const [own, shared] = [makeFrame(0), makeFrame(0, { shared: true })];
  releaseFrame(own);
  releaseFrame(shared);
  t.deepEqual([own.payload.length, shared.payload.length], [0, 12]);
});
