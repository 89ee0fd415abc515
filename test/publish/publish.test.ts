/** Live outputs against real receivers and servers on loopback. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { GraphEvent, RunningGraph } from '../../plugin';
import { temporaryFolder } from '../support/folder';
import { readGrey, receive, startRtspRecorder, until, type Received } from '../support/peers';
import { freePort, isBound } from '../support/ports';
import { load, runToEnd, type Outcome } from '../support/run-graph';

/** Grey of 150: what receivers must see. Endless: the test stops it. */
const CAMERA = 'videotestsrc is-live=true pattern=solid-color foreground-color=0xff969696 ! video/x-raw,format=I420,width=160,height=90,framerate=15/1';
const PICTURES = 12;
const GREY = 150;

interface Published {
  readonly running: RunningGraph;
  readonly ended: Promise<Outcome>;
}

/** Publishes until it is stopped; resolves when pictures flow. */
async function publish(to: string, more = '', camera = CAMERA, onEvent: (event: GraphEvent) => void = () => undefined): Promise<Published> {
  const graph = await load(
    `params: { to: }\nnodes:\n  cam: { use: source, launch: '${camera}' }\n  air: { use: publish, from: cam, to: "\${to}", preset: ultrafast${more} }\n`,
    { to },
  );
  return new Promise((resolve) => {
    const ended: Promise<Outcome> = runToEnd(graph, (event, running) => {
      onEvent(event);
      if (event.type === 'started') resolve({ running, ended });
    });
    void ended.then(({ error }) => error && resolve({ running: undefined as never, ended }));
  });
}

async function publishTo(receiver: (port: number) => Promise<Received>, to: (port: number) => string, more = ''): Promise<{ received: Received; outcome: Outcome }> {
  const port = await freePort();
  const receiving = receiver(port);
  const { running, ended } = await publish(to(port), more);
  const received = await receiving;
  running.stop();
  return { received, outcome: await ended };
}

const TS = (codec: string): string => `tsdemux ! ${codec}parse ! avdec_${codec}`;

const cases: [title: string, receiver: (port: number) => string, to: (port: number) => string, more?: string][] = [
  ['SRT that listens, H.264', (port) => `srtsrc uri=srt://127.0.0.1:${port} ! ${TS('h264')}`, (port) => `srt://:${port}`],
  [
    'SRT that calls, encrypted, H.265',
    (port) => `srtsrc uri=srt://127.0.0.1:${port}?mode=listener passphrase=only+for+you ! ${TS('h265')}`,
    (port) => `srt://127.0.0.1:${port}?passphrase=only+for+you&pbkeylen=32&latency=60`,
    ', codec: h265',
  ],
  ['UDP, H.264', (port) => `udpsrc port=${port} ! ${TS('h264')}`, (port) => `udp://localhost:${port}`],
  [
    'RTP, H.265',
    (port) => `udpsrc port=${port} caps=application/x-rtp,media=video,clock-rate=90000,encoding-name=H265 ! rtph265depay ! avdec_h265`,
    (port) => `rtp://127.0.0.1:${port}`,
    ', codec: h265',
  ],
];
for (const [title, receiver, to, more] of cases) {
  test.serial(`${title}: a receiver sees the pictures`, async (t) => {
    const { received, outcome } = await publishTo((port) => receive(receiver(port), PICTURES), to, more);
    t.true(received.pictures >= PICTURES);
    t.true(Math.abs(received.mean - GREY) < 6, `${received.mean}`);
    t.is(outcome.error?.describe(), undefined);
  });
}

test.serial('RTSP: announced to a real server that wants a password, H.264', async (t) => {
  const port = await freePort();
  const server = await startRtspRecorder(t, port, 'me:geheim99');
  const { running, ended } = await publish(`rtsp://me:geheim99@127.0.0.1:${port}/live`);
  await until(() => readGrey(server.file).pictures >= PICTURES);
  running.stop();
  const { error, warnings } = await ended;
  t.deepEqual([error, warnings], [undefined, []]);
  t.true(Math.abs(readGrey(server.file).mean - GREY) < 6);
  await server.stop();
});

test.serial('a server that does not answer at the end is no error of what was sent', async (t) => {
  const port = await freePort();
  const server = await startRtspRecorder(t, port);
  const { running, ended } = await publish(`rtsp://127.0.0.1:${port}/live`);
  await until(() => readGrey(server.file).pictures >= PICTURES);
  server.child.kill('SIGSTOP');
  running.stop();
  t.is((await ended).error, undefined);
});

test.serial('a server that dies and comes again: told, without the password, and pictures flow again', async (t) => {
  const port = await freePort();
  const warnings: string[] = [];
  const first = await startRtspRecorder(t, port, 'me:geheim99');
  const { running, ended } = await publish(`rtsp://me:geheim99@127.0.0.1:${port}/live`, '', CAMERA, (event) => {
    if (event.type === 'warning' || event.type === 'notice') warnings.push(event.message);
  });
  await until(() => readGrey(first.file).pictures >= PICTURES);
  await first.stop();
  await until(() => warnings.length >= 2); // The connection broke; nobody answers.
  const second = await startRtspRecorder(t, port, 'me:geheim99');
  await until(() => readGrey(second.file).pictures >= PICTURES);
  await until(() => warnings.some((text) => /publishes again; \d+ frames were not sent\. \(after [\d.]+ s\)$/.test(text)));
  running.stop();
  t.is((await ended).error, undefined);
  t.regex(warnings[0] ?? '', /^Node "air": .*frames are dropped meanwhile\.$/);
  t.notRegex(warnings.join('\n'), /geheim/);
  await second.stop();
});

test.serial('HLS: a playlist that GStreamer plays, of whole segments only; other files stay', async (t) => {
  const folder = temporaryFolder();
  const playlist = path.join(folder, 'live.m3u8');
  const camera = CAMERA.replace('is-live=true', 'num-buffers=240'); // 16 s, as fast as it goes
  const { ended } = await publish(`hls:${folder}`, ', queue: block', camera);
  t.is((await ended).error, undefined);
  const lines = readFileSync(playlist, 'utf8').trim().split('\n');
  const segments = lines.filter((line) => /^segment-\d+\.ts$/.test(line));
  t.is(segments.length, 6);
  const durations = lines.flatMap((line) => /^#EXTINF:([\d.]+),$/.exec(line)?.[1] ?? []);
  t.deepEqual(durations.slice(0, -1), Array<string>(5).fill('2.000'));
  t.true(Number(durations.at(-1)) > 1.9); // The muxer tells the time of the last picture, not of its end.
  t.is(lines.at(-1), '#EXT-X-ENDLIST');
  t.true(lines.includes(`#EXT-X-MEDIA-SEQUENCE:${/\d+/.exec(segments[0] ?? '')?.[0]}`));
  t.deepEqual(readdirSync(folder).filter((name) => name.startsWith('.')), []);
  const { pictures, mean } = await receive(`filesrc location=${playlist} ! hlsdemux ! ${TS('h264')}`, 6 * 30 - 2);
  t.true(pictures >= 6 * 30 - 2);
  t.true(Math.abs(mean - GREY) < 6, `${mean}`);
});

test.serial('a camera that changes its size: viewers stay connected and see both', async (t) => {
  const port = await freePort();
  const part = (width: number): string => `videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=I420,width=${width},height=90,framerate=15/1 ! c.`;
  const camera = `${part(160)} ${part(202)} concat name=c`;
  const receiving = receive(`udpsrc port=${port} ! ${TS('h264')}`, 100);
  await until(() => isBound(port));
  const { ended } = await publish(`udp://127.0.0.1:${port}`, '', camera);
  t.is((await ended).error, undefined);
  t.true((await receiving).pictures >= 100); // Past the sixtieth picture: the same receiver saw both sizes.
});

test.serial('mistakes are told before anything starts, at their place', async (t) => {
  const graphOf = (to: string, more: string): string => `nodes:\n  cam: { use: source, launch: '${CAMERA}' }\n  air: { use: publish, from: cam, to: '${to}'${more} }\n`;
  const wrong: [to: string, more: string, text: RegExp][] = [
    ['srt://host', '', /^graph:3:3: Node "air": the address lacks a port\./],
    ['udp://h:1', ', bitrate: fast', /bitrate.*expected a bit rate such as 4M/],
    ['udp://h:1', ', codec: vp9', /codec.*expected one of h264, h265, av1/],
  ];
  for (const [to, more, text] of wrong) {
    const error = await t.throwsAsync(load(graphOf(to, more)));
    t.regex((error as unknown as { describe(): string }).describe().replace(/^[^:]*:(?=\d)/, 'graph:'), text);
  }
});
