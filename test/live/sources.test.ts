/** Live sources against real peers on loopback: what the addresses promise, in graphs that run. */
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { ChildProcess } from 'node:child_process';
import type { GraphEvent } from '../../plugin';
import { gone, H264, H265, picture, rtspCamera, sender, stubbornSender } from '../support/cameras';
import { freePort } from '../support/ports';
import { temporaryFolder } from '../support/folder';
import { makeMp4 } from '../support/media';
import { load, runToEnd, type Outcome } from '../support/run-graph';

const folder = temporaryFolder();

/** Runs one source until it has given so many pictures. */
async function receive(node: string, count = 6, onEvent: (event: GraphEvent) => void = () => undefined): Promise<Outcome> {
  const graph = await load(`nodes:\n  cam: { use: source, ${node} }\n  k: { use: sink, from: cam, launch: fakesink }`);
  let frames = 0;
  return runToEnd(graph, (event, running) => {
    onEvent(event);
    if (event.type === 'frame' && ++frames === count) running.stop();
  });
}

function expectPictures(t: ExecutionContext, outcome: Outcome, count = 6): void {
  t.is(outcome.error, undefined, outcome.error?.describe());
  const times = outcome.frames('cam');
  t.true(times.length >= count, `${times.length}`);
  for (const [index, time] of times.entries()) t.true(index === 0 || time > (times[index - 1] ?? 0n));
}

/** The peer lives while the test does. */
async function within(child: ChildProcess, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    await gone(child);
  }
}

for (const codec of ['h264', 'h265'] as const) {
  test.serial(`rtsp, ${codec}, with sound that comes first, and a login`, async (t) => {
    const camera = await rtspCamera({ codec, sound: true, login: 'bob:p@ss' });
    await within(camera.child, async () => {
      expectPictures(t, await receive(`uri: "rtsp://bob:p%40ss@127.0.0.1:${camera.port}/cam"`));
    });
  });

  test.serial(`srt, ${codec}: the source calls, or is called; encrypted`, async (t) => {
    const encoder = codec === 'h264' ? H264 : H265;
    const port = await freePort();
    const secret = 'passphrase=correct+horse+battery';
    const listening = sender(`${picture()} ! ${encoder} ! mpegtsmux alignment=7 ! srtsink uri=srt://127.0.0.1:${port}?mode=listener&${secret} wait-for-connection=false`);
    await within(listening, async () => expectPictures(t, await receive(`uri: "srt://127.0.0.1:${port}?${secret}"`)));
    const end = stubbornSender(`${picture()} ! ${encoder} ! mpegtsmux alignment=7 ! srtsink uri=srt://127.0.0.1:${port}?${secret}`);
    expectPictures(t, await receive(`uri: "srt://:${port}?mode=listener&${secret}"`));
    await end();
  });

  test.serial(`rtp, ${codec}`, async (t) => {
    const [encoder, pay] = codec === 'h264' ? [H264, 'rtph264pay'] : [H265, 'rtph265pay'];
    const port = await freePort();
    const peer = sender(`${picture()} ! ${encoder} ! ${pay} config-interval=-1 mtu=1200 ! udpsink host=127.0.0.1 port=${port}`);
    await within(peer, async () => expectPictures(t, await receive(`uri: "rtp://127.0.0.1:${port}", codec: ${codec}`)));
  });
}

test.serial('udp: MPEG-TS, with sound', async (t) => {
  const port = await freePort();
  const peer = sender(`mpegtsmux name=m alignment=7 ! udpsink host=127.0.0.1 port=${port} audiotestsrc is-live=true ! avenc_aac ! m. ${picture()} ! ${H264} ! m.`);
  await within(peer, async () => expectPictures(t, await receive(`uri: "udp://127.0.0.1:${port}"`)));
});

test.serial('size: whatever the camera sends', async (t) => {
  const camera = await rtspCamera();
  await within(camera.child, async () => {
    const graph = await load(
      `nodes:\n  cam: { use: source, uri: "rtsp://127.0.0.1:${camera.port}/cam", size: 32x32 }\n  f: { use: filter, from: cam, launch: "video/x-raw,width=32,height=32" }\n  k: { use: sink, from: f, launch: fakesink }`,
    );
    let frames = 0;
    expectPictures(t, await runToEnd(graph, (event, running) => event.type === 'frame' && ++frames === 6 && running.stop()));
  });
});

test.serial('files played as live keep their times and take them; looped, they go on without a gap', async (t) => {
  const file = await makeMp4(path.join(folder, 'a.mp4'), 12);
  const begin = Date.now();
  const once = await receive(`uri: ${file}, play: live`, Infinity);
  t.true(Date.now() - begin >= 350);
  t.deepEqual([once.error, once.warnings], [undefined, []]);
  const frames = Array.from({ length: 30 }, (_, index) => BigInt(Math.round((index * 1e9) / 30)));
  const near = (times: bigint[]): boolean => times.every((time, index) => (time - (frames[index] ?? 0n)) ** 2n <= 16n);
  t.is(once.frames('cam').length, 12);
  t.true(near(once.frames('cam')));
  const looped = await receive(`uri: ${file}, play: loop`, 30);
  t.is(looped.error, undefined);
  t.true(looped.frames('cam').length >= 30 && near(looped.frames('cam').slice(0, 30)), looped.frames('cam').join(' '));
});

test.serial('an address with a device that is not there is one clear sentence, at once', async (t) => {
  const text = 'nodes:\n  cam: { use: source, uri: "v4l2:///dev/video99" }\n  k: { use: sink, from: cam, launch: fakesink }';
  await t.throwsAsync(() => load(text), { message: 'Node "cam": The device "/dev/video99" does not exist.' });
  // It goes between the check and the start.
  const { error } = await runToEnd(await load(text, {}, undefined, true));
  t.regex(error?.describe() ?? '', /^graph\.yaml:2:3: Node "cam": Cannot identify device '\/dev\/video99'.*\n {4}Check the name of the device/);
});

test.serial('a wrong password is told, without the right or the wrong one', async (t) => {
  const camera = await rtspCamera({ login: 'bob:right-one' });
  await within(camera.child, async () => {
    const graph = await load(
      `nodes:\n  cam: { use: source, uri: "rtsp://bob:wr0ng-one@127.0.0.1:${camera.port}/cam", restart: { delay: 100ms, attempts: 1 } }\n  k: { use: sink, from: cam, launch: fakesink }`,
    );
    const outcome = await runToEnd(graph);
    const lost = outcome.events.filter(({ type }) => type === 'source-lost');
    t.is(lost.length, 1);
    t.regex(outcome.error?.describe() ?? '', /^graph\.yaml:2:3: Node "cam": Unauthorized.*\n {4}Check the user name and the password in the address\.$/);
    const everything = JSON.stringify([outcome.events, outcome.error?.describe()], (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    t.notRegex(everything, /wr0ng|right|bob/);
  });
});
