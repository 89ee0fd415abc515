/** What cameras noted. */
import test from 'ava';
import sharp from 'sharp';
import { noted } from '../../plugin/stills/noted';

async function exifOf(photo: Record<string, string>, image: Record<string, string> = {}): Promise<Buffer | undefined> {
  const picture = sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } }).withExif({ IFD0: image, IFD2: photo });
  return (await sharp(await picture.jpeg().toBuffer()).metadata()).exif;
}

test('a stop is one, of time, aperture and speed', async (t) => {
  const value = async (time: string, aperture: string, speed: string): Promise<number> =>
    noted(await exifOf({ ExposureTime: time, FNumber: aperture, ISOSpeedRatings: speed })).exposure?.value ?? NaN;
  const base = await value('1/100', '8/1', '100');
  t.true(Math.abs((await value('1/50', '8/1', '100')) - base - 1) < 0.01);
  t.true(Math.abs((await value('1/100', '4/1', '100')) - base - 2) < 0.01);
  t.true(Math.abs((await value('1/100', '8/1', '400')) - base - 2) < 0.01);
  t.is(noted(await exifOf({ FNumber: '8/1' })).exposure, undefined);
});

test('when it was taken, to the fraction of a second, and with what', async (t) => {
  const first = noted(await exifOf({ DateTimeOriginal: '2026:11:29 10:00:00', SubSecTimeOriginal: '05', ExposureBiasValue: '-2/3' }, { Make: 'Maker', Model: 'M' }));
  const second = noted(await exifOf({ DateTimeOriginal: '2026:11:29 10:00:02', SubSecTimeOriginal: '5' }));
  t.is((second.taken ?? NaN) - (first.taken ?? NaN), 2450);
  t.true(Math.abs((first.bias ?? NaN) + 2 / 3) < 0.01);
  t.is(first.camera, 'Maker M');
  t.deepEqual(noted(undefined), { exposure: undefined, taken: undefined, bias: undefined, camera: '' });
  t.deepEqual(noted(Buffer.from('Exif\0\0rubbish')), { exposure: undefined, taken: undefined, bias: undefined, camera: '' });
});
