import test from 'ava';
import { count, lastValueFrom } from 'rxjs';
import { GstIplError, source } from '../../plugin';
import { checkPixels, DEFAULT_PIXELS, limitPixels } from '../../plugin/core/frames/pixel-limit';
import { parsePixels } from '../../plugin/core/quantities';

test.serial('what cameras, broadcast and 200 megapixels have is taken, more than a gigapixel and sides beyond 65535 are not', (t) => {
  for (const [width, height] of [[1, 1], [15_360, 8640], [16_384, 12_288], [32_767, 30_000], [30_000, 32_767], [65_535, 15_000], [16, 65_535]] as const) {
    t.notThrows(() => checkPixels('It', width, height), `${width}x${height}`);
  }
  const huge = t.throws(() => checkPixels('Node "a"', 32_767, 32_767, 'a'), { instanceOf: GstIplError, code: 'bad-caps' });
  t.is(huge?.message, 'Node "a" has 32767x32767 pixels: 1074 megapixels, and 1000 are the most that is taken.');
  t.is(huge?.hint, 'Where its size is right, and there is memory for it, allow more: --max-pixels 1074M, or GST_IPL_MAX_PIXELS=1074M.');
  t.deepEqual(huge?.place, { node: 'a' });
  t.throws(() => checkPixels('It', 65_536, 1), { code: 'bad-caps', message: 'It has 65536x1 pixels, and none with a side longer than 65535 is taken.' });
});

test.serial('another limit holds to the pixel', (t) => {
  limitPixels(parsePixels('5G'));
  t.notThrows(() => checkPixels('It', 32_767, 32_767));
  limitPixels(parsePixels('12'));
  t.notThrows(() => checkPixels('It', 4, 3));
  t.throws(() => checkPixels('It', 13, 1), { code: 'bad-caps' });
  limitPixels(DEFAULT_PIXELS);
});

test.serial('a stream is refused by its caps, and says which node it is', async (t) => {
  limitPixels(64 * 48);
  const stream = (width: number) => lastValueFrom(source(`videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=${width},height=48`).pipe(count()));
  t.is(await stream(64), 2);
  await t.throwsAsync(stream(65), { instanceOf: GstIplError, code: 'bad-caps', message: /^Node "source" has 65x48 pixels/ });
  limitPixels(DEFAULT_PIXELS);
});
