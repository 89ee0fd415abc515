/** Clients that ask for too much, as one sees it from the thread that carries frames, and from other clients. */
import { once } from 'node:events';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import { GstIplError } from '../../../plugin';
import { HttpService, parseAddress, type Offer } from '../../../plugin/observe/http';
import { until } from '../../support/peers';
import { ask, grey, sendRaw, serve, TOKEN, type Served } from '../../support/preview-server';

const FIXTURE = path.join(__dirname, 'fixtures', 'routes');
const BEARER = { authorization: `Bearer ${TOKEN}` };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Connections that send something, or nothing, and wait. */
async function hold(t: ExecutionContext, port: number, count: number, bytes = ''): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined).resume());
  t.teardown(() => sockets.forEach((socket) => socket.destroy()));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  if (bytes) for (const socket of sockets) socket.write(bytes);
  return sockets;
}

test.serial('requests without the token never reach the thread that carries frames; whoever has it is answered meanwhile', async (t) => {
  const served = performance.now();
  const { port, questions, warnings } = await serve(t, { token: TOKEN });
  const statuses = new Map<number, number>();
  const attack = async (headers: http.OutgoingHttpHeaders): Promise<void> => {
    const { status } = await ask(port, '/api/state', { headers });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  for (let index = 0; index < 200; index += 1) void attack(index % 2 ? { authorization: `Bearer wrong-token-of-sixteen-${index}` } : {}).catch(() => undefined);
  await pause(100);
  t.is(questions.size, 0);
  const began = performance.now();
  t.is((await ask(port, '/health/live', { headers: BEARER })).status, 200);
  t.log(`The right token: ${(performance.now() - began).toFixed(0)} ms`);
  t.deepEqual([...questions.keys()], ['health']);
  // Most are not waited for; some are told what they need.
  await until(() => (statuses.get(429) ?? 0) > 20 && (statuses.get(401) ?? 0) >= 30 && warnings.length > 0);
  t.deepEqual([...questions.keys()], ['health']);
  t.log(Object.fromEntries(statuses));
  t.true(warnings.length <= 1 + (performance.now() - served) / 10_000, 'It is told once, and then every ten seconds.');
  t.regex(warnings[0] ?? '', /wrong tokens? (was|were) shown by 127\.0\.0\.1\.$/);
  t.notRegex(warnings.join(), /sixteen/);
  const metrics = (await ask(port, '/metrics', { headers: BEARER })).body;
  t.regex(metrics, /^gst_ipl_http_refused_requests_total\{reason="wrong_token"\} \d\d+$/m);
});

test.serial('64 clients of the state cost the thread that carries frames as much as one', async (t) => {
  const { port, questions } = await serve(t);
  const began = performance.now();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  t.teardown(() => agent.destroy());
  const client = async (): Promise<void> => {
    for (let index = 0; index < 10; index += 1) t.is((await ask(port, '/api/state', { agent })).status, 200);
  };
  await Promise.all(Array.from({ length: 64 }, client));
  const most = Math.ceil((performance.now() - began) / 250) + 1;
  t.log(`640 answers, ${questions.get('state')} questions`);
  t.true((questions.get('state') ?? 0) <= most, `${questions.get('state')} of ${most}`);
});

test.serial('/health is answered while 300 connections are held, idle or in the middle of a request', async (t) => {
  const { port, hub } = await serve(t, { limits: { arrivals: { burst: 1_000, perSecond: 1_000 }, patienceMs: 300_000 } });
  hub.offer(0, grey(60, 0));
  const first = await ask(port, '/api/pictures?streams=0');
  t.is(first.status, 200);
  // Somebody watches, by a connection that must stay.
  const watch = (): Promise<number | string> => ask(port, '/api/pictures?after=1&streams=0').then(({ status }) => (status === 204 ? watch() : status), String);
  const watching = watch();
  await pause(100);
  const idle = await hold(t, port, 150);
  const begun = await hold(t, port, 150, 'GET /health HTTP/1.1\r\nHost: local');
  for (let probe = 0; probe < 10; probe += 1) {
    const { status, body } = await ask(port, '/health');
    t.is(status, 503);
    t.regex(body, /starting/);
  }
  t.true([...idle, ...begun].filter(({ destroyed }) => !destroyed).length > 100, 'None of those that can be held was closed for its age.');
  // The longest idle are closed first: a probe on a slow network has connected, but not asked yet.
  const [slow] = await hold(t, port, 1);
  await hold(t, port, 50);
  const answer = new Promise<string>((resolve) => slow?.on('data', (chunk: Buffer) => resolve(chunk.toString())).on('close', () => resolve('closed')));
  slow?.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
  t.regex(await answer, /^HTTP\/1\.1 503 [^]*starting/);
  const { body } = await ask(port, '/metrics');
  t.true(Number(/^gst_ipl_http_connections (\d+)$/m.exec(body)?.[1]) <= 128);
  t.true(Number(/^gst_ipl_http_closed_connections_total (\d+)$/m.exec(body)?.[1]) >= 150);
  hub.offer(0, grey(60, 1_000));
  t.is(await watching, 200, 'Whoever watches is not cut off.');
});

test.serial('of an address that opens connections without end, those beyond its rate are closed unread', async (t) => {
  const { port, questions } = await serve(t, { limits: { arrivals: { burst: 20, perSecond: 0.01 } } });
  const sockets = await hold(t, port, 40);
  const closed = (): number => sockets.filter(({ destroyed }) => destroyed).length;
  await until(() => closed() >= 20);
  const elsewhere = await ask(port, '/metrics', { localAddress: '127.0.0.2' });
  t.regex(elsewhere.body, /^gst_ipl_http_refused_requests_total\{reason="connection"\} 20$/m);
  t.deepEqual([...questions.keys()], ['metrics']);
  t.is(closed(), 20);
});

test.serial('a snapshot is made once for all who wait; pipelined ones come one at a time, and not without end', async (t) => {
  const { port, hub, questions } = await serve(t);
  hub.offer(0, grey(60, 0));
  const files = await Promise.all(Array.from({ length: 20 }, () => ask(port, '/api/snapshot')));
  t.deepEqual([...new Set(files.map(({ status }) => status))], [200]);
  t.is(new Set(files.map(({ body }) => body)).size, 1);
  t.true((questions.get('still') ?? 0) <= 2, `${questions.get('still')} questions`);

  const request = 'GET /api/snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const before = questions.get('still') ?? 0;
  const answers = await sendRaw(port, request.repeat(300));
  t.true((answers.match(/HTTP\/1\.1 200/g) ?? []).length <= 1, 'It asks for too much ahead, and loses the connection.');
  t.true((questions.get('still') ?? 0) - before <= 1);

  const few = sendRaw(port, request.repeat(3).replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'));
  t.is(((await few).match(/HTTP\/1\.1 200/g) ?? []).length, 3, 'A few ahead are answered in turn.');
});

test.serial('pictures are asked for once for all viewers, and each gets the streams that it shows', async (t) => {
  const { port, hub, questions } = await serve(t);
  for (const stream of [1, 2, 0]) hub.offer(stream, grey(60, 0));
  const streams = ['0', '0,1', '0,2', '0,1,2', '2', '0', '0,1', '1'];
  const viewers = streams.map((wanted) => ask(port, `/api/pictures?after=0&streams=${wanted}`));
  const shown = (await Promise.all(viewers)).map(({ body }) => {
    const bytes = Buffer.from(body, 'latin1');
    const head = JSON.parse(bytes.subarray(4, 4 + bytes.readUInt32BE()).toString()) as { pictures: { stream: number; bytes: number }[] };
    t.is(bytes.length, 4 + bytes.readUInt32BE() + head.pictures.reduce((sum, picture) => sum + picture.bytes, 0));
    return head.pictures.map(({ stream }) => stream).sort().join();
  });
  t.deepEqual(shown, streams);
  t.true((questions.get('pictures') ?? 0) <= 4, `${questions.get('pictures')} questions for 8 viewers`);
  // The chain stands still, and somebody waits for the next picture, for ten seconds: whoever has none gets the last one before.
  for (let took = Infinity; took >= 8_000; ) {
    const waiting = ask(port, '/api/pictures?after=1&streams=0');
    await pause(100);
    const began = performance.now();
    t.is((await ask(port, '/api/pictures?after=0&streams=0,2')).status, 200);
    took = performance.now() - began; // On a machine that is busy beyond measure it says nothing, and is tried again.
    if (took < 8_000) hub.offer(0, grey(60, 1_000));
    const { status } = await waiting;
    if (took < 8_000) t.is(status, 200);
  }
});

/** Asks for the health every 50 ms, on a thread of its own, and counts the answers to what it asked while the main thread is held up. */
const [HELD, ANSWERED] = [0, 1];
const PROBE = `
  const { workerData: { port, shared }, parentPort } = require('node:worker_threads');
  const http = require('node:http');
  const [HELD, ANSWERS] = [${HELD}, ${ANSWERED}];
  const look = () => {
    const began = performance.now();
    const held = Atomics.load(shared, HELD) === 1;
    http.get({ port, host: '127.0.0.1', path: '/health', agent: false }, (answer) => {
      answer.resume().on('end', () => {
        parentPort.postMessage({ status: answer.statusCode, ms: performance.now() - began, held });
        if (held) Atomics.add(shared, ANSWERS, 1);
        Atomics.notify(shared, ANSWERS);
      });
    });
  };
  look();
  setInterval(look, 50);
`;

test.serial('while the thread that carries frames is held up, health is what was last known', async (t) => {
  const { port, view } = await serve(t);
  view.onEvent({ type: 'started', duration: undefined });
  for (const node of ['under', 'over']) view.arrived(node, grey(60, 0));
  for (const node of ['set', 'fused']) view.emitted(node, grey(60, 0));
  t.is((await ask(port, '/health')).status, 200);
  const answers: { status: number; ms: number; held: boolean }[] = [];
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const probe = new Worker(PROBE, { eval: true, workerData: { port, shared }, execArgv: [] });
  t.teardown(() => probe.terminate());
  probe.on('message', (answer: (typeof answers)[number]) => answers.push(answer));
  await once(probe, 'message');
  Atomics.store(shared, HELD, 1);
  // For a quarter of a second it is as good as new; twenty are more than that.
  for (let answered = 0; answered < 20; answered = Atomics.load(shared, ANSWERED)) Atomics.wait(shared, ANSWERED, answered, 1_000);
  await until(() => answers.filter(({ held }) => held).length >= 20);
  const meanwhile = answers.filter(({ held }) => held).slice(0, 20);
  t.log(`${Math.max(...meanwhile.map(({ ms }) => ms)).toFixed(0)} ms at most`);
  t.deepEqual([...new Set(meanwhile.map(({ status }) => status))], [200]);
});

/** What the fixture's routes may ask for. */
const ANSWERS: Offer['answers'] = {
  refuses: { everyMs: 0, resolve: () => Promise.reject(new GstIplError('bad-option', 'This is no good, rtsp://a:geheim@b/.', { hint: 'Try another.' })) },
  fails: { everyMs: 0, resolve: () => Promise.reject(new Error('Out of order, rtsp://a:geheim@b/.')) },
  never: { everyMs: 0, resolve: () => new Promise(() => undefined) },
  function: { everyMs: 0, resolve: () => ({ value: () => undefined }) },
  echo: { everyMs: 0, resolve: (question: string) => ({ value: question }) },
};

async function serveFixture(t: ExecutionContext): Promise<Served> {
  return serve(t, { offers: [{ module: FIXTURE, data: { some: 'data' }, answers: ANSWERS }] });
}

test.serial('routes get their data, and answers, refusals and failures of the frame thread', async (t) => {
  const { port, warnings } = await serveFixture(t);
  t.deepEqual(JSON.parse((await ask(port, '/data')).body), { some: 'data' });
  t.deepEqual(JSON.parse((await ask(port, '/ask/echo?question=what')).body), { answer: 'what' });
  const refused = await ask(port, '/ask/refuses');
  t.is(refused.status, 400);
  t.deepEqual(JSON.parse(refused.body), { error: 'This is no good, rtsp://***@b/.', hint: 'Try another.' });
  t.is((await ask(port, '/ask/never')).status, 503);
  t.is((await ask(port, '/ask/function')).status, 500);
  t.is((await ask(port, '/ask/fails')).status, 500);
  t.is((await ask(port, '/ask/nothing')).status, 500);
  t.is(warnings.length, 3);
  t.notRegex(warnings.join(), /geheim/);
});

test.serial('the thread of the server knows nothing of GStreamer, nor of the fusion', async (t) => {
  const { port } = await serveFixture(t);
  const loaded = JSON.parse((await ask(port, '/loaded')).body) as string[];
  t.true(loaded.some((file) => /preview\/routes\.[tj]s$/.test(file)));
  t.deepEqual(loaded.filter((file) => /koffi|onnxruntime|rxjs|plugin\/(gstreamer|sync|core\/graph)\//.test(file)), []);
});

test.serial('a server thread that dies is told of and started again at the same port; this thread goes on', async (t) => {
  const { port, url, warnings, hub } = await serveFixture(t);
  await ask(port, '/die');
  hub.offer(0, grey(60, 0));
  const deadline = performance.now() + 60_000;
  let status = 0;
  while (status !== 200 && performance.now() < deadline) {
    await pause(100);
    status = await ask(port, '/api/state').then((answer) => answer.status, () => 0);
  }
  t.is(status, 200);
  t.is(Number(new URL(url).port), port);
  t.deepEqual(warnings, [
    'The thread of the HTTP server died (rtsp://***@camera/ is too much for me.); the chain goes on, and the server is started again in 1 s.',
  ]);
  t.is((await ask(port, '/api/pictures?streams=0')).status, 200);
});

test.serial('an address that is taken fails the start; a server that was closed is closed for good', async (t) => {
  const { port } = await serve(t);
  const warn = (): void => undefined;
  const second = new HttpService({ address: parseAddress(String(port)), token: undefined, warn }, []);
  await t.throwsAsync(second.listen(), { instanceOf: GstIplError, code: 'set-up', message: /another program listens there/ });
  await second.close();
  const third = new HttpService({ address: parseAddress('0'), token: undefined, warn }, []);
  await third.listen();
  const { port: own } = new URL(third.url);
  const open = connect(Number(own), '127.0.0.1').on('error', () => undefined);
  await once(open, 'connect');
  const closed = new Promise((resolve) => open.once('close', resolve));
  await third.close();
  await closed;
  await t.throwsAsync(ask(Number(own), '/'), { code: 'ECONNREFUSED' });
  t.throws(() => new HttpService({ address: parseAddress('0'), token: undefined, warn }, [{ module: FIXTURE, answers: ANSWERS }, { module: FIXTURE, answers: ANSWERS }]), { message: /same name/ });
});
