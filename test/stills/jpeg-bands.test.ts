/** A JPEG in bands is the JPEG that it would be in one piece. */
import test from 'ava';
import sharp from 'sharp';
import { encodeInBands } from '../../plugin/stills/jpeg-bands';
import { stillFormat } from '../../plugin/stills/still-formats';
import { raw } from './pictures';

test('bands are joined to one picture, pixel for pixel what one encoder makes of it', async (t) => {
  for (const [width, height] of [[1203, 4001], [8, 3], [17, 40_009]] as const) {
    const pixels = new Uint8Array(3 * width * height);
    for (let at = 0; at < pixels.length; at += 1) pixels[at] = 128 + 90 * Math.sin(at / 500 + (at % 3)) + (at * 2_654_435_761 % 17);
    const format = stillFormat('a.jpg');
    if (!format) return t.fail();
    const asked: (readonly [number, number])[] = [];
    const encode = (from: number, to: number): Promise<Buffer> => {
      asked.push([from, to]);
      const rows = pixels.subarray(3 * width * from, 3 * width * to);
      return format.encode(raw(rows, width, to - from), { deep: false, bytes: rows.length }).toBuffer();
    };
    const [joined, whole] = [await encodeInBands({ width, height, encode }), await encode(0, height)];
    asked.pop();
    t.is(asked.length, width === 1203 ? 3 : 1);
    t.deepEqual([asked[0]?.[0], asked.at(-1)?.[1]], [0, height]);
    const found = await sharp(joined, { failOn: 'warning' }).metadata();
    t.deepEqual([found.width, found.height, found.chromaSubsampling], [width, height, '4:4:4']);
    t.true((await sharp(joined, { failOn: 'warning' }).raw().toBuffer()).equals(await sharp(whole).raw().toBuffer()));
  }
});
