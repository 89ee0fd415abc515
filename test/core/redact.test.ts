/** Secrets in addresses reach no text that people or programs read. */
import test from 'ava';
import { GraphError, GstIplError } from '../../plugin';
import { describeProblem } from '../../plugin/core/errors';
import { redact } from '../../plugin/core/redact';
import { escapeLaunchValue } from '../../plugin/gstreamer/launch/launch';

const SECRET = 's3cr3t';

const texts: readonly [text: string, redacted: string][] = [
  [`Cannot open rtsp://bob:${SECRET}@10.0.0.7:554/cam.`, 'Cannot open rtsp://***@10.0.0.7:554/cam.'],
  [`rtsp://${SECRET}@host/`, 'rtsp://***@host/'],
  [`rtsp://bob:p@${SECRET}@host/x`, 'rtsp://***@host/x'],
  [`rtsp://bob:a/${SECRET}'!@host/x`, 'rtsp://***@host/x'],
  [`https://bob:${SECRET}://.${SECRET}@host/x`, 'https://***@host/x'],
  [`rtsp://a/x -> rtsp://bob:${SECRET}@b/x`, 'rtsp://a/x -> rtsp://***@b/x'],
  // In one word: where a password would end cannot be seen.
  [`rtsp://a/x,rtsp://bob:${SECRET}@b/x`, 'rtsp://***@b/x'],
  [`rtmp://a/live/${SECRET}@http://${SECRET}`, 'rtmp://***'],
  [`srt://h:7001?mode=caller&passphrase=${SECRET}&latency=80`, 'srt://h:7001?mode=caller&passphrase=***&latency=80'],
  [`srt://h:7001?streamid=#!::u=x,${SECRET},r=live`, 'srt://h:7001?streamid=***'],
  [`http://h/x?api_key=${SECRET}&w=1`, 'http://h/x?api_key=***&w=1'],
  [`http://h/x?accessToken=${SECRET}`, 'http://h/x?accessToken=***'],
  [`srtsink uri=srt://h:1 passphrase="${SECRET} ${SECRET}" latency=10`, 'srtsink uri=srt://h:1 passphrase=*** latency=10'],
  [`srtsink passphrase=(string)${SECRET} pbkeylen=16`, 'srtsink passphrase=(string)*** pbkeylen=16'],
  [`rtspsrc user-id=bob user-pw=${SECRET} latency=100`, 'rtspsrc user-id=*** user-pw=*** latency=100'],
  [`Authorization: Basic ${SECRET}==`, 'Authorization: Basic ***'],
  ['x264enc pass=qual key-int-max=30 ! rtph264pay', 'x264enc pass=qual key-int-max=30 ! rtph264pay'],
  ['filesrc location=a@b.mp4 ! decodebin', 'filesrc location=a@b.mp4 ! decodebin'],
  ['rtsp://camera/live?channel=1 and me@example.org', 'rtsp://camera/live?channel=1 and me@example.org'],
];
for (const [text, redacted] of texts) {
  test(`redacted: ${text}`, (t) => {
    t.is(redact(text), redacted);
    t.is(redact(redact(text)), redacted);
  });
}

for (const address of [`rtsp://bob:${SECRET}@h/`, `rtsp://bob:a b"c!${SECRET}@h/`, `srt://h:1?passphrase=${SECRET}&x=y`, `rtsp://bob:${SECRET}@h/\\`]) {
  test(`also as it stands in a launch string: ${address}`, (t) => {
    for (const before of ['rtspsrc location=', 'rtspsrc location="']) {
      const launch = `${before}${escapeLaunchValue(address, before, ' ')} latency=100`;
      t.true(launch.includes(SECRET));
      t.false(redact(launch).includes(SECRET), redact(launch));
      t.regex(redact(launch), /latency=100$/);
    }
  });
}

test('errors carry no secret, neither in the sentence nor in the hint, nor do problems of graphs', (t) => {
  const text = `rtsp://bob:${SECRET}@host/`;
  const error = new GstIplError('bad-option', `It is ${text}.`, { hint: `Try ${text}`, place: { node: 'a' } });
  t.is(error.describe(), 'node a: It is rtsp://***@host/.\n    Try rtsp://***@host/');
  t.false((error.stack ?? '').includes(SECRET));
  const problem = { code: 'bad-graph', message: text, hint: text } as const;
  t.false(describeProblem(problem).includes(SECRET));
  const graphError = new GraphError([problem]);
  t.false(JSON.stringify([graphError.problems, graphError.message, graphError.describe()]).includes(SECRET));
});
