/** PNGs of any size, without any library's limits. */
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

/** A chunk of a PNG, with its length and its sum. */
export function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Eight bits of red, green and blue; `grey` says how bright a pixel is, in codes. */
export function writeGreyPng(file: string, width: number, height: number, grey: (x: number, y: number) => number): string {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, at = y * (1 + width * 3) + 1; x < width; x += 1, at += 3) rows.fill(grey(x, y), at, at + 3);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  writeFileSync(file, Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]));
  return file;
}
