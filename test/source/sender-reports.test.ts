/** What is read of a camera's clock, from statistics as GStreamer 1.22 writes them. */
import test from 'ava';
import { SenderReports } from '../../plugin/source/sender-reports';

const NTP_TO_UNIX = 2_208_988_800;

/** Seconds since 1970 as NTP writes them; undefined: no report yet. */
function stats(report: number | undefined): string {
  const sender =
    `application/x-rtp-source-stats\\,\\ ssrc\\=\\(uint\\)1\\,\\ internal\\=\\(boolean\\)false\\,\\ is-sender\\=\\(boolean\\)true\\,\\ ` +
    `have-sr\\=\\(boolean\\)${report !== undefined}\\,\\ sr-ntptime\\=\\(guint64\\)${report === undefined ? 0 : BigInt(Math.round((report + NTP_TO_UNIX) * 2 ** 20)) << 12n}\\,\\ sr-rtptime\\=\\(uint\\)7\\;`;
  const own = sender.replace('internal\\=\\(boolean\\)false', 'internal\\=\\(boolean\\)true').replace(/have-sr\\=\\\(boolean\\\)\w+/, 'have-sr\\=\\(boolean\\)false');
  return `application/x-rtp-session-stats, rtx-drop-count=(uint)0, source-stats=(GValueArray)< "${sender}", "${own}" >, rtx-count=(uint)0;`;
}

function reports(...sessions: { stats: string }[]): SenderReports {
  return new SenderReports({ findAll: (factory) => (factory === 'rtpsession' ? sessions.map((session) => ({ get: () => session.stats })) : []) });
}

test('pictures are used a second after every sender has reported', (t) => {
  const [video, sound] = [{ stats: stats(undefined) }, { stats: stats(undefined) }];
  const looked = reports(video, sound);
  t.false(looked.poll(0));
  video.stats = stats(Date.now() / 1000);
  t.false(looked.poll(500));
  t.false(looked.poll(1600));
  sound.stats = stats(Date.now() / 1000 - 3);
  t.false(looked.poll(2000));
  t.false(looked.poll(3000));
  t.true(looked.poll(3001));
  t.is(looked.takeClockError(), undefined);
});

test('a camera that never reports is used nevertheless, after the longest interval', (t) => {
  for (const looked of [reports({ stats: stats(undefined) }), reports()]) {
    t.false(looked.poll(100));
    t.false(looked.poll(7100));
    t.true(looked.poll(7101));
  }
});

test('a clock that was never set is told of, once', (t) => {
  const looked = reports({ stats: stats(86_400) });
  looked.poll(0);
  const error = Number(looked.takeClockError()) / 1e9;
  t.true(Math.abs(error - (86_400 - Date.now() / 1000)) < 2, `${error}`);
  looked.poll(1);
  t.is(looked.takeClockError(), undefined);
});
