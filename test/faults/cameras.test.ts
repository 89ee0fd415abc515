/** Cameras that die, stall, send noise, change their resolution or come late, in graphs that run: each recovers. */
import test, { type ExecutionContext } from 'ava';
import { map, type Observable } from 'rxjs';
import { defineElement, type ElementRegistry, type ExposureSet, type GraphEvent, type RunningGraph } from '../../plugin';
import { gone, Proxy, rtspCamera, type RtspCamera } from '../support/cameras';
import { freePort } from '../support/ports';
import { seeded } from '../../bench/soak/faults';
import { load, registryWithMiddle, runToEnd, type Outcome } from '../support/run-graph';

/** Sees whether the frames of a set show the same picture: both branches of these tests look at one camera. */
interface Pairing {
  /** Sets, and those of pictures that differ. */
  sets: number;
  wrong: number;
  /** Of the first wrong set. */
  story: string;
  sizes: string[];
}

function registryWith(pairing: Pairing): ElementRegistry {
  const registry = registryWithMiddle();
  registry.add(
    defineElement({
      kind: 'stage',
      name: 'pairing',
      summary: '',
      input: { min: 1, max: 1, medium: 'exposures' },
      output: 'frames',
      options: {},
      example: '',
      create: () => ({
        connect: ([sets]) =>
          (sets as Observable<ExposureSet>).pipe(
            map(({ frames }) => {
              const [a, b] = frames;
              if (!a) throw new Error('An empty set.');
              pairing.sets += 1;
              if (b && !Buffer.from(a.payload).equals(Buffer.from(b.payload))) {
                pairing.wrong += 1;
                pairing.story ||= `, first set ${pairing.sets} with times ${Number(b.runningTime - a.runningTime) / 1e6} ms apart`;
              }
              const size = `${a.caps.width}x${a.caps.height}`;
              if (pairing.sizes.at(-1) !== size) pairing.sizes.push(size);
              return a;
            }),
          ),
      }),
    }),
  );
  return registry;
}

interface Scene {
  readonly camera: RtspCamera;
  /** Between the camera and branch b. */
  readonly proxy: Proxy;
  readonly running: RunningGraph;
  readonly pairing: Pairing;
  /** Resolves when an event like this has come since the last one that was awaited. */
  next(what: (event: GraphEvent) => boolean): Promise<GraphEvent>;
  /** Resolves after so many more sets. */
  sets(count: number): Promise<void>;
}

/** By the camera's clock, so that a busy machine makes no pair wrong. */
const branch = (port: number, silence: string): string => `{ use: source, uri: "rtsp://127.0.0.1:${port}/cam", clock: ntp, restart: { silence: ${silence}, delay: 200ms, longest: 1s } }`;

/** How long the thread that all of the graph runs in may stand still: to stop a camera that says nothing took it up to 6 s. */
const STILL_MS = 4_000;

/** Two branches look at one camera, b through a proxy. Runs `act`, then stops. */
async function scene(t: ExecutionContext, act: (scene: Scene) => Promise<void>, late = false): Promise<Outcome> {
  t.timeout(300_000);
  const camera = await rtspCamera();
  t.teardown(() => gone(camera.child));
  const proxy = new Proxy(await freePort(), camera.port);
  if (!late) await proxy.listen();
  const pairing: Pairing = { sets: 0, wrong: 0, story: '', sizes: [] };
  const graph = await load(
    // Nothing is done to a: on a busy machine its pictures may be late.
    `nodes:\n  a: ${branch(camera.port, '30s')}\n  b: ${branch(proxy.port, '2s')}\n` +
      `  s: { use: sync, from: [a, b], wait: 1s }\n  p: { use: pairing, from: s }\n  k: { use: sink, from: p, launch: fakesink }`,
    {},
    registryWith(pairing),
  );
  const waiting = new Set<{ what: (event: GraphEvent) => boolean; resolve: (event: GraphEvent) => void }>();
  const next: Scene['next'] = (what) => new Promise((resolve) => waiting.add({ what, resolve }));
  let acting: Promise<void> | undefined;
  const outcome = await runToEnd(graph, (event, running) => {
    // A test that took too long must not keep the process.
    if (!acting) t.teardown(() => running.stop());
    acting ??= act({ camera, proxy, running, pairing, next, sets: (count) => setsMore(pairing, count) }).finally(() => running.stop());
    for (const entry of waiting) {
      if (!entry.what(event)) continue;
      waiting.delete(entry);
      entry.resolve(event);
    }
  });
  await acting;
  await proxy.close();
  t.is(outcome.error, undefined, outcome.error?.describe());
  t.is(pairing.wrong, 0, `${pairing.wrong} of ${pairing.sets} sets are wrong${pairing.story}`);
  for (const node of ['a', 'b', 'p']) {
    const times = outcome.frames(node);
    t.true(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0n)), `Time goes back in ${node}.`);
  }
  return outcome;
}

async function setsMore(pairing: Pairing, count: number): Promise<void> {
  const wanted = pairing.sets + count;
  while (pairing.sets < wanted) await new Promise((resolve) => setTimeout(resolve, 50));
}

const lost = (event: GraphEvent): boolean => event.type === 'source-lost' && event.node === 'b';
const restored = (event: GraphEvent): boolean => event.type === 'source-restored' && event.node === 'b';

/** Does something to every connection until b is lost by it: on a busy machine one may break by itself, and a new one knows nothing of it. */
async function untilLost(next: Scene['next'], act: () => void): Promise<{ event: GraphEvent; back: Promise<GraphEvent> }> {
  let found: { event: GraphEvent; back: Promise<GraphEvent> } | undefined;
  void next(lost).then((event) => (found = { event, back: next(restored) }));
  while (!found) {
    act();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return found;
}

const linesOf = (outcome: Outcome): string[] => {
  return outcome.events.flatMap((event) => (event.type === 'source-lost' ? [`lost ${event.node} (${event.attempt}): ${event.reason}`] : event.type === 'source-restored' ? [`restored ${event.node}`] : []));
};

/** On a busy machine the other branch may fall silent, too; in which order they come back does not matter. */
const linesOfNode = (outcome: Outcome, node: string): string[] => linesOf(outcome).filter((line) => new RegExp(`^(lost|restored) ${node}\\b`).test(line));

test.serial('a camera that dies comes back, its pictures pair as before, and the other branch never stops', async (t) => {
  const outcome = await scene(t, async ({ proxy, next, sets, running }) => {
    await sets(5);
    const [lostOnce, back] = [next(lost), next(restored)];
    await proxy.close();
    const event = await lostOnce;
    t.true(event.type === 'source-lost' && event.attempt === 1 && event.delay === 200_000_000n);
    t.is(running.view.nodes().find(({ name }) => name === 'b')?.phase, 'lost');
    await new Promise((resolve) => setTimeout(resolve, 700));
    await proxy.listen();
    const event2 = await back;
    t.true(event2.type === 'source-restored' && event2.downtime > 200_000_000n && event2.attempts >= 1);
    await sets(10);
    t.is(running.view.nodes().find(({ name }) => name === 'b')?.phase, 'running');
  });
  const gaps = gapsOf(outcome.frames('a'));
  t.true(Math.max(...gaps) < STILL_MS, `${Math.max(...gaps)} ms`);
  t.true(linesOf(outcome).every((line) => / b\b/.test(line)), linesOf(outcome).join('\n'));
});

/** Milliseconds. */
function gapsOf(times: readonly bigint[]): number[] {
  return times.slice(1).map((time, index) => Number(time - (times[index] ?? 0n)) / 1e6);
}

test.serial('a camera that stalls counts as lost after its time of silence, and comes back', async (t) => {
  const outcome = await scene(t, async ({ proxy, next, sets }) => {
    await sets(3);
    const { event, back } = await untilLost(next, () => proxy.stall());
    t.true(event.type === 'source-lost' && event.reason === 'No frame for 2 s.', JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
    await back;
    await sets(5);
  });
  t.is(linesOfNode(outcome, 'b').at(-1), 'restored b');
});

test.serial('a camera that sends noise is lost with a reason, and comes back', async (t) => {
  const outcome = await scene(t, async ({ proxy, next, sets }) => {
    await sets(3);
    await (await untilLost(next, () => proxy.garble())).back;
    await sets(5);
  });
  t.is(linesOfNode(outcome, 'b').at(-1), 'restored b');
});

test.serial('a camera that sends random bytes holds up nothing else, again and again', async (t) => {
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 20);
  const random = seeded(7);
  const outcome = await scene(t, async ({ proxy, next, sets }) => {
    await sets(3);
    for (let round = 0; round < 4; round += 1) {
      const [lostOnce, back] = [next(lost), next(restored)];
      proxy.noise = (length) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
      await lostOnce;
      proxy.noise = undefined;
      await back;
    }
    await sets(5);
  });
  clearInterval(watch);
  t.is(linesOfNode(outcome, 'b').at(-1), 'restored b');
  t.true(longest < STILL_MS, `Nothing moved for ${longest.toFixed(0)} ms.`);
});

test.serial('a camera that changes its resolution: everything follows, down to the sink, without a restart', async (t) => {
  const outcome = await scene(t, async ({ camera, sets, pairing }) => {
    await sets(3);
    camera.resize(96, 64);
    while (pairing.sizes.length < 2) await sets(1);
    await sets(3);
    t.deepEqual(pairing.sizes, ['64x48', '96x64']);
  });
  t.deepEqual(linesOf(outcome), []);
});

test.serial('a camera that comes late joins the others', async (t) => {
  const outcome = await scene(
    t,
    async ({ proxy, next, sets }) => {
      const [lostOnce, back] = [next(lost), next(restored)];
      await lostOnce;
      await proxy.listen();
      await back;
      await sets(16);
    },
    true,
  );
  t.regex(linesOf(outcome)[0] ?? '', /^lost b \(1\): The server 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)\.$/);
});

test.serial('a camera that never comes: the graph gives up when it is told to, and says why', async (t) => {
  const graph = await load(
    `nodes:\n  a: { use: source, uri: "rtsp://127.0.0.1:${await freePort()}/cam", restart: { delay: 100ms, longest: 200ms, attempts: 3 } }\n  k: { use: sink, from: a, launch: fakesink }`,
  );
  const outcome = await runToEnd(graph);
  const attempts = outcome.events.flatMap((event) => (event.type === 'source-lost' ? [[event.attempt, Number(event.delay) / 1e6]] : []));
  t.deepEqual(attempts, [[1, 100], [2, 200], [3, 200]]);
  t.regex(outcome.error?.describe() ?? '', /^graph\.yaml:2:3: Node "a": The server 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)\.\n {4}Check that the other end is on, and its address and port\.$/);
});
