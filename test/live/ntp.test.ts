/** RTSP times by the camera's clock: two branches look at one camera, one of them through a network that takes its time. */
import test from 'ava';
import { map, type Observable } from 'rxjs';
import { defineElement, type ExposureSet } from '../../plugin';
import { gone, Proxy, RATE, rtspCamera } from '../support/cameras';
import { freePort } from '../support/ports';
import { load, registryWithMiddle, runToEnd } from '../support/run-graph';

/** A frame and a half: by arrival every picture would meet one of another instant. */
const DELAY_MS = 1_500 / RATE;

interface Seen {
  sets: number;
  wrong: number;
}

async function pairs(clock: 'ntp' | 'arrival', count: number): Promise<Seen & { warnings: string[]; distances: number[] }> {
  const camera = await rtspCamera();
  const slow = await new Proxy(await freePort(), camera.port).listen();
  slow.delay = DELAY_MS;
  const seen = { sets: 0, wrong: 0 };
  const distances: number[] = [];
  const registry = registryWithMiddle();
  registry.add(
    defineElement({
      kind: 'stage', name: 'pairing', summary: '', input: { min: 1, max: 1, medium: 'exposures' }, output: 'frames', options: {}, example: '',
      create: () => ({
        connect: ([sets]) =>
          (sets as Observable<ExposureSet>).pipe(
            map(({ frames: [a, b] }) => {
              if (!a || !b) throw new Error('A set lacks a branch.');
              seen.sets += 1;
              if (!Buffer.from(a.payload).equals(Buffer.from(b.payload))) seen.wrong += 1;
              distances.push(Math.abs(Number(a.runningTime - b.runningTime)) / 1e6);
              return a;
            }),
          ),
      }),
    }),
  );
  const source = (port: number): string => `{ use: source, uri: "rtsp://127.0.0.1:${port}/cam", clock: ${clock} }`;
  const graph = await load(
    `nodes:\n  near: ${source(camera.port)}\n  far: ${source(slow.port)}\n  s: { use: sync, from: [near, far], late: skip, wait: 2s, queue: { capacity: 16, policy: drop-oldest } }\n` +
      '  p: { use: pairing, from: s }\n  k: { use: sink, from: p, launch: fakesink }',
    {},
    registry,
  );
  const outcome = await runToEnd(graph, (_, running) => seen.sets >= count && running.stop());
  await slow.close();
  await gone(camera.child);
  if (outcome.error) throw outcome.error;
  return { ...seen, warnings: outcome.warnings, distances };
}

test.serial('clock: ntp pairs what was taken at one instant, whatever the way takes', async (t) => {
  const { sets, wrong, distances } = await pairs('ntp', 30);
  t.is(wrong, 0, `${wrong} of ${sets} sets are wrong`);
  // One server, one clock: what is left is rounding of reports and of RTP time.
  t.true(Math.max(...distances) < 20, `${Math.max(...distances)} ms`);
});

test.serial('by arrival the same pictures are taken for others: what `clock: ntp` is for', async (t) => {
  const { sets, wrong } = await pairs('arrival', 20);
  t.true(wrong > sets / 2, `${wrong} of ${sets} sets are wrong`);
});

test('only rtsp addresses tell when a picture was taken', async (t) => {
  const error: unknown = await load('nodes:\n  a: { use: source, uri: "srt://10.0.0.7:7001", clock: ntp }\n  k: { use: sink, from: a, launch: fakesink }').catch((reason: unknown) => reason);
  t.regex(String(error), /only rtsp addresses can have `clock: ntp`/);
});
