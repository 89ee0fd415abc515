/** rtsps, with certificates that the system does not know: refused for good, or trusted by a file or a word. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { gone, rtspCamera, type RtspCamera } from '../support/cameras';
import { freePort } from '../support/ports';
import { makeCertificate } from '../support/certificates';
import { temporaryFolder } from '../support/folder';
import { readGrey, startRtspRecorder, until } from '../support/peers';
import { load, runToEnd, type Outcome } from '../support/run-graph';

const authority = makeCertificate('DNS:authority');
const own = makeCertificate('DNS:elsewhere'); // As cameras have them: signed by themselves, for no name of theirs.
const right = makeCertificate('IP:127.0.0.1', authority);
const otherName = makeCertificate('DNS:elsewhere', authority);

async function camera(t: ExecutionContext, certificate?: string): Promise<RtspCamera> {
  const made = await rtspCamera({ login: 'bob:p@ss', ...(certificate === undefined ? {} : { certificate }) });
  t.teardown(() => gone(made.child));
  return made;
}

/** Until six pictures have come, or the graph has failed. */
async function receive(port: number, more: string): Promise<Outcome> {
  const graph = await load(`nodes:\n  cam: { use: source, uri: "rtsps://bob:p@ss@127.0.0.1:${port}/cam"${more} }\n  k: { use: sink, from: cam, launch: fakesink }`);
  let frames = 0;
  return runToEnd(graph, (event, running) => event.type === 'frame' && ++frames === 6 && running.stop());
}

const trusted: [title: string, certificate: string, more: string][] = [
  ['the file of the camera itself, whatever its name', own.withKey, `, tls: ${own.file}`],
  ['the file of an authority, and the right name', right.withKey, `, tls: ${authority.file}`],
  ['insecure', own.withKey, ', tls: insecure'],
];
for (const [title, certificate, more] of trusted) {
  test.serial(`source, ${title}: pictures come`, async (t) => {
    const { port } = await camera(t, certificate);
    const outcome = await receive(port, more);
    t.is(outcome.error, undefined, outcome.error?.describe());
    t.true(outcome.frames('cam').length >= 6);
    t.deepEqual(outcome.events.filter(({ type }) => type === 'source-lost'), []);
  });
}

const untrusted: [title: string, certificate: string | undefined, more: string, text: RegExp][] = [
  ['a certificate that signs itself', own.withKey, '', /^graph\.yaml:2:3: Node "cam": The certificate of 127\.0\.0\.1:\d+ is signed by nobody who is trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)\.\n {4}Check whose it is; then write `tls: FILE`/],
  ['an authority that is not in the file', right.withKey, `, tls: ${own.file}`, /is signed by nobody who is trusted \(UNABLE_TO_[A-Z_]+\)\./],
  ['another name', otherName.withKey, `, tls: ${authority.file}`, /is for other names \(ERR_TLS_CERT_ALTNAME_INVALID\)\.\n {4}Write the name that it is for/],
  ['a camera that speaks no TLS', undefined, '', /What answers at 127\.0\.0\.1:\d+ speaks no TLS .*\n {4}Check the port, or write rtsp:\/\//],
];
for (const [title, certificate, more, text] of untrusted) {
  test.serial(`source, ${title}: the run ends at once and says what to do`, async (t) => {
    const { port } = await camera(t, certificate);
    const outcome = await receive(port, more);
    t.regex(outcome.error?.describe() ?? '', text);
    t.true(outcome.error?.permanent);
    t.deepEqual(outcome.events.filter(({ type }) => type === 'source-lost'), []);
    t.notRegex(outcome.error?.describe() ?? '', /bob|p@ss|p%40ss/);
  });
}

const CAMERA = 'videotestsrc is-live=true pattern=solid-color foreground-color=0xff969696 ! video/x-raw,format=I420,width=160,height=90,framerate=15/1';

const publishing = (port: number, more: string): ReturnType<typeof load> =>
  load(`nodes:\n  cam: { use: source, launch: '${CAMERA}' }\n  air: { use: publish, from: cam, to: "rtsps://me:a@b@127.0.0.1:${port}/live", preset: ultrafast${more} }`);

for (const more of [`, tls: ${own.file}`, ', tls: insecure']) {
  test.serial(`publish${more.replace(/\/.*/, 'FILE')}: the server gets the pictures`, async (t) => {
    const port = await freePort();
    const server = await startRtspRecorder(t, port, 'me:a@b', own.withKey);
    t.teardown(() => server.stop());
    const graph = await publishing(port, more);
    let begun = false;
    const { error, warnings } = await runToEnd(graph, (event, running) => {
      if (event.type !== 'started' || begun) return;
      begun = true;
      void until(() => readGrey(server.file).pictures >= 6).then(() => running.stop());
    });
    t.deepEqual([error?.describe(), warnings], [undefined, []]);
    t.true(Math.abs(readGrey(server.file).mean - 150) < 6);
  });
}

test.serial('publish, a certificate that signs itself: the run ends at once', async (t) => {
  const port = await freePort();
  const server = await startRtspRecorder(t, port, '', own.withKey);
  t.teardown(() => server.stop());
  const { error, warnings } = await runToEnd(await publishing(port, ''));
  t.regex(error?.describe() ?? '', /^graph\.yaml:3:3: Node "air": The certificate of 127\.0\.0\.1:\d+ is signed by nobody who is trusted/);
  t.deepEqual(warnings, []);
});

test('what is wrong with the option is told before anything starts', async (t) => {
  const text = path.join(temporaryFolder(), 'text.pem');
  writeFileSync(text, 'words');
  const wrong: [node: string, sentence: RegExp][] = [
    [`use: source, uri: "rtsps://h/x", tls: /none.pem`, /Option "tls" of node "a": the file "\/none\.pem" cannot be read \(ENOENT\)\./],
    [`use: source, uri: "rtsps://h/x", tls: ${text}`, /holds no certificate in PEM\./],
    ['use: source, uri: "rtsp://h/x", tls: insecure', /Node "a": the option "tls" is for rtsps addresses\./],
  ];
  for (const [node, sentence] of wrong) {
    const error = await t.throwsAsync(load(`nodes:\n  a: { ${node} }\n  k: { use: sink, from: a, launch: fakesink }`));
    t.regex((error as unknown as { describe(): string }).describe(), sentence);
  }
  await t.throwsAsync(load(`nodes:\n  a: { use: source, launch: videotestsrc }\n  k: { use: publish, from: a, to: "srt://:1", tls: insecure }`), { message: /is for rtsps addresses/ });
});
