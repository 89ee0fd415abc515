/** A live chain of two cameras that work and three that do not, each tried again and again, which delivers all the time. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseGraphText, type GraphEvent, type RunningGraph } from '../../plugin';
import { registryWithMiddle } from '../support/run-graph';
import { watchElement } from '../support/watch';
import { Gaps } from './gaps';
import { Holdings, samplesOf, type Plan } from './held';

/** Between attempts, instead of half a second that doubles. */
const PAUSE = '20ms';
/** Pictures a second. */
const RATE = 10;
/** A camera that is waited for costs the others five seconds (source/rtsp-patience.ts). */
const LONGEST_GAP_MS = 3_000;

/** How a camera is away, and where that is found: nobody listens; the name has no address; connections are taken, and nothing is said. */
const DEAD = { refused: 'rtsp://127.0.0.1:9/none', unknown: 'rtsp://nobody.invalid/none', silent: '' };
type Dead = keyof typeof DEAD;

export interface DeadCameras {
  /** Sentences; empty where all is well. */
  readonly problems: readonly string[];
  readonly restarts: Readonly<Record<Dead, number>>;
  readonly delivered: number;
  /** Between two pictures, without what threads waited for a processor. */
  readonly longestGapMs: number;
}

/** Ends when the camera that refuses has been tried `times` times, and each other at least once. */
export async function runDeadCameras(plan: Plan): Promise<DeadCameras> {
  const server = await silentServer();
  const restarts: Record<Dead, number> = { refused: 0, unknown: 0, silent: 0 };
  const seen = new Gaps();
  const registry = registryWithMiddle();
  registry.add(watchElement(() => seen.onPicture()));
  const graph = await parseGraphText(chain({ ...DEAD, silent: `rtsp://127.0.0.1:${server.port}/none` }), {}, registry);
  const running = graph.run();
  let failure: string | undefined;
  const over = ended(running, (event) => {
    if (event.type === 'source-lost' && event.node in restarts) restarts[event.node as Dead] += 1;
  }).then((error) => (failure = error));
  const holdings = new Holdings(plan.onHeld);
  for (const due of samplesOf(plan)) {
    const reached = (): boolean => restarts.refused >= due && (due < plan.times || Object.values(restarts).every((count) => count > 0));
    while (!reached() && failure === undefined) await pause(10);
    await holdings.sample(restarts.refused);
  }
  seen.end();
  running.stop();
  await over;
  server.close();
  const problems = [...holdings.grown, ...(failure === undefined ? [] : [failure])];
  if (seen.count === 0 || seen.longestMs > LONGEST_GAP_MS) problems.push(`${seen.count} pictures came, with a gap of ${(seen.longestMs / 1000).toFixed(1)} s.`);
  return { problems, restarts, delivered: seen.count, longestGapMs: seen.longestMs };
}

function chain(uris: Readonly<Record<Dead, string>>): string {
  const alive = { use: 'source', launch: `videotestsrc is-live=true ! video/x-raw,format=I420,width=64,height=48,framerate=${RATE}/1`, restart: 'always' };
  const dead = Object.entries(uris).map(([name, uri]) => [name, { use: 'source', uri, restart: { silence: '2s', delay: PAUSE, longest: PAUSE } }]);
  const nodes = {
    under: alive,
    mid: alive,
    ...(Object.fromEntries(dead) as object),
    set: { use: 'sync', from: ['under', 'mid', ...Object.keys(uris)], late: 'degrade', wait: '100ms', queue: { capacity: 10, policy: 'drop-oldest' } },
    picked: { use: 'middle', from: 'set' },
    seen: { use: 'watch', from: 'picked' },
    screen: { use: 'sink', from: 'seen', launch: 'fakesink' },
  };
  return JSON.stringify({ nodes });
}

async function silentServer(): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket)).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** @returns why it failed */
function ended(running: RunningGraph, onEvent: (event: GraphEvent) => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    running.events.subscribe({ next: onEvent, error: (error: Error) => resolve(error.message), complete: () => resolve(undefined) });
  });
}
