/** Sinks of which a muxer takes no other caps in mid-stream. */
import path from 'node:path';
import test from 'ava';
import { from, lastValueFrom } from 'rxjs';
import { launch, sink } from '../../plugin';
import { makeFrame, SMALL } from '../support/frames';
import { temporaryFolder } from '../support/folder';
import { countPictures } from '../support/media';

test.serial('another frame rate alone does not end a sink that stands no other caps', async (t) => {
  const file = path.join(temporaryFolder(), 'film.mkv');
  const caps = SMALL.replace('(int)4', '(int)64').replace('(int)2', '(int)64');
  const frames = Array.from({ length: 40 }, (_, number) =>
    makeFrame(number * 40, { capsText: caps.replace('30/1', number < 20 ? '25/1' : '30/1'), payload: new Uint8Array(64 * 96).fill(number * 4), duration: 40_000_000n }),
  );
  await lastValueFrom(from(frames).pipe(sink(launch`x264enc speed-preset=ultrafast ! h264parse ! matroskamux ! filesink location=${file}`)));
  t.is(await countPictures(file), 40);
});
