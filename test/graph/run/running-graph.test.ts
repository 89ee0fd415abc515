/** A graph at work: who listens, and when it may be stopped. */
import { getEventListeners } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { defineElement, ElementRegistry, builtinElements, type Graph, type GraphEvent, type RunningGraph } from '../../../plugin';
import { filter, firstValueFrom, NEVER, skip } from 'rxjs';
import { temporaryFolder } from '../../support/folder';
import { load } from '../../support/run-graph';

const FRAMES = 12;
const TEST = `videotestsrc num-buffers=${FRAMES} ! video/x-raw,format=I420,width=64,height=48,framerate=10/1`;

/** Elements of every run, and how often they were closed. */
function registryWith(ready: () => Promise<void>): { registry: ElementRegistry; made: { closed: number }[] } {
  const made: { closed: number }[] = [];
  const registry = builtinElements();
  registry.add(defineElement({
    kind: 'stage',
    name: 'slow',
    summary: 'Gets ready in its own time.',
    input: { min: 1, max: 1, medium: 'frames' },
    output: 'frames',
    options: {},
    example: 'p: { use: slow, from: a }',
    create: () => {
      const state = { closed: 0 };
      made.push(state);
      return { ready, connect: ([frames]) => frames ?? NEVER, close: async () => void (state.closed += 1) };
    },
  }));
  return { registry, made };
}

const graphOf = (registry: ElementRegistry, out: string): Promise<Graph> =>
  load(`nodes:\n  a: { use: source, launch: '${TEST}' }\n  p: { use: slow, from: a }\n  k: { use: sink, from: p, launch: 'filesink location="${out}"' }`, {}, registry);

function listen(running: RunningGraph): { events: GraphEvent[]; ended: Promise<string> } {
  const events: GraphEvent[] = [];
  const ended = new Promise<string>((resolve) => {
    running.events.subscribe({ next: (event) => events.push(event), error: (error: Error) => resolve(error.message), complete: () => resolve('complete') });
  });
  return { events, ended };
}

const out = (name: string): string => path.join(temporaryFolder(), name);
const framesOf = (events: readonly GraphEvent[]): number => events.filter(({ type }) => type === 'frame').length;

test.serial('stop while a stage gets ready: the graph completes at once, and the stage is closed', async (t) => {
  const { registry, made } = registryWith(() => new Promise(() => undefined));
  const file = out('never.raw');
  const running = (await graphOf(registry, file)).run();
  const { events, ended } = listen(running);
  while (made.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  running.stop();
  running.stop();
  // No timer is waited for.
  t.is(await Promise.race([ended, new Promise((resolve) => setImmediate(() => setImmediate(resolve)))]), 'complete');
  t.deepEqual(events, []);
  t.deepEqual(made, [{ closed: 1 }]);
  t.is(running.view.phase, 'ended');
  t.false(existsSync(file));
});

test.serial('who subscribes second hears of the same run; after its end a subscription runs the graph again', async (t) => {
  const { registry, made } = registryWith(() => Promise.resolve());
  const file = out('one.raw');
  const running = (await graphOf(registry, file)).run();
  const [one, two] = [listen(running), listen(running)];
  t.deepEqual(await Promise.all([one.ended, two.ended]), ['complete', 'complete']);
  t.is(made.length, 1);
  t.deepEqual([framesOf(one.events), framesOf(two.events)], [FRAMES, FRAMES]);
  t.is(statSync(file).size, FRAMES * 64 * 48 * 1.5);
  t.is(running.view.phase, 'ended');
  const seen: string[] = [];
  const again = listen(running);
  t.is(running.view.phase, 'starting');
  running.view.events.subscribe(({ type }) => seen.push(type));
  t.is(await again.ended, 'complete');
  t.is(made.length, 2);
  t.is(framesOf(again.events), FRAMES);
  t.true(seen.includes('started') && seen.filter((type) => type === 'frame').length === FRAMES);
});

test.serial('the run goes on until the last unsubscribes, and a stop is that run\'s alone', async (t) => {
  const { registry, made } = registryWith(() => Promise.resolve());
  const running = (await graphOf(registry, out('two.raw'))).run();
  const first = running.events.subscribe();
  const second = running.events.subscribe();
  first.unsubscribe();
  t.is(made[0]?.closed, 0);
  running.stop();
  second.unsubscribe();
  t.is(made[0]?.closed, 1);
  const { events, ended } = listen(running);
  t.is(await ended, 'complete');
  t.is(framesOf(events), FRAMES);
});

test.serial('subscribed to and left again before the last run has let go: what is made is closed, and nothing is made for nobody', async (t) => {
  const { registry, made } = registryWith(async () => undefined);
  const running = (await graphOf(registry, out('often.raw'))).run();
  for (let round = 0; round < 5; round += 1) {
    const first = running.events.subscribe({ error: () => undefined });
    await new Promise((resolve) => setTimeout(resolve, 20 * round));
    first.unsubscribe();
    running.events.subscribe({ error: () => undefined }).unsubscribe();
    await running.gone;
  }
  // What had been begun when it was left closes what it made then.
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.true(made.length <= 5, `${made.length} were made`);
  t.true(made.every(({ closed }) => closed >= 1), JSON.stringify(made));
});

const ENDLESS = TEST.replace(`num-buffers=${FRAMES}`, 'is-live=true');
const endless = (file: string): Promise<Graph> => {
  const { registry } = registryWith(() => Promise.resolve());
  return load(`nodes:\n  a: { use: source, launch: '${ENDLESS}' }\n  p: { use: slow, from: a }\n  k: { use: sink, from: p, launch: 'matroskamux ! filesink location="${file}"' }`, {}, registry);
};
const oneFrame = (running: RunningGraph): Promise<unknown> => firstValueFrom(running.view.events.pipe(filter(({ type }) => type === 'frame'), skip(1)));

test.serial('an abort ends it as a stop does: the file is whole; an aborted signal lets nothing begin, and nothing is left at the signal', async (t) => {
  const file = out('aborted.mkv');
  const controller = new AbortController();
  const graph = await endless(file);
  const running = graph.run({ signal: controller.signal });
  const { ended } = listen(running);
  await oneFrame(running);
  t.false(existsSync(file));
  controller.abort();
  t.is(await ended, 'complete');
  t.true(existsSync(file));
  t.is(getEventListeners(controller.signal, 'abort').length, 0);
  const never = graph.run({ signal: controller.signal });
  const { ended: over, events } = listen(never);
  t.is(await over, 'complete');
  t.deepEqual(events, []);
});

test.serial('an abort as the graph starts ends it as a stop does, whatever closing says to what is being made', async (t) => {
  const graph = await load(`nodes:
  a: { use: source, launch: '${ENDLESS}' }
  b: { use: source, launch: '${ENDLESS}' }
  s: { use: sync, from: [a, b] }
  f: { use: ipl, from: s }
  k: { use: sink, from: f, launch: fakesink }`);
  for (const after of [0, 30]) {
    const controller = new AbortController();
    const { ended } = listen(graph.run({ signal: controller.signal }));
    setTimeout(() => controller.abort(), after);
    t.is(await ended, 'complete');
  }
});

test.serial('`await using` ends it where the block is left, by an error, too: its file is whole by then', async (t) => {
  const file = out('used.mkv');
  const graph = await endless(file);
  let ended: Promise<string> | undefined;
  await t.throwsAsync(async () => {
    await using running = graph.run();
    ended = listen(running).ended;
    await oneFrame(running);
    throw new Error('left');
  }, { message: 'left' });
  t.true(existsSync(file));
  t.is(await ended, 'complete');
  // What never ran, and what is over, has nothing to end.
  const idle = graph.run();
  await idle[Symbol.asyncDispose]();
  const subscription = idle.events.subscribe();
  subscription.unsubscribe();
  await idle[Symbol.asyncDispose]();
  t.pass();
});
