/**
 * Says in an AVIF which light its codes are (CICP, ITU-T H.273). libheif would, but neither libvips nor sharp has a way to tell it: they write
 * sRGB's (1, 13, 6), and in the AV1 picture alone. So these are replaced, and a `colr` box is added, which readers go by (ISO/IEC
 * 23008-12, 6.5.5; AV1, 5.5.2).
 */

export interface Cicp {
  readonly primaries: number;
  readonly transfer: number;
  readonly matrix: number;
}

/** Of BT.2020's primaries. The matrix is what libheif has made Y'CbCr by: a reader undoes that one. */
export const BT2100: Readonly<Record<'pq' | 'hlg', Cicp>> = {
  pq: { primaries: 9, transfer: 16, matrix: 6 },
  hlg: { primaries: 9, transfer: 18, matrix: 6 },
};

const WRITTEN: Cicp = { primaries: 1, transfer: 13, matrix: 6 };

interface Box {
  readonly type: string;
  readonly start: number;
  /** Of what it holds. */
  readonly content: number;
  readonly end: number;
}

function boxesOf(file: Buffer, from: number, end: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= end;) {
    const size = file.readUInt32BE(at);
    if (size < 8 || at + size > end) throw new RangeError('A box of an AVIF is cut short.');
    found.push({ type: file.toString('latin1', at + 4, at + 8), start: at, content: at + 8, end: at + size });
    at += size;
  }
  return found;
}

const box = (type: string, ...content: Buffer[]): Buffer => {
  const size = content.reduce((total, part) => total + part.length, 8);
  const head = Buffer.from(`0000${type}`, 'latin1');
  head.writeUInt32BE(size);
  return Buffer.concat([head, ...content]);
};

function named(boxes: readonly Box[], type: string): Box {
  const found = boxes.find((each) => each.type === type);
  if (!found) throw new TypeError(`An AVIF has a box "${type}".`);
  return found;
}

/** @param file of one picture, as libheif writes it @throws TypeError or RangeError where it is another */
export function withColour(file: Buffer, cicp: Cicp): Buffer {
  const top = boxesOf(file, 0, file.length);
  const meta = named(top, 'meta');
  const parts = boxesOf(file, meta.content + 4, meta.end);
  const iprp = named(parts, 'iprp');
  const [ipco, ipma] = ['ipco', 'ipma'].map((type) => named(boxesOf(file, iprp.content, iprp.end), type)) as [Box, Box];
  const properties = boxesOf(file, ipco.content, ipco.end);
  if (properties.some(({ type }) => type === 'colr')) throw new TypeError('The AVIF says its colours already.');
  const colr = box('colr', Buffer.from('nclx', 'latin1'), Buffer.from([0, cicp.primaries, 0, cicp.transfer, 0, cicp.matrix, 0x80]));
  const primary = file.readUInt16BE(named(parts, 'pitm').content + 4);
  const associations = associated(file.subarray(ipma.content, ipma.end), primary, properties.length + 1);
  const properties2 = box('iprp', box('ipco', file.subarray(ipco.content, ipco.end), colr), box('ipma', associations));
  const added = properties2.length - (iprp.end - iprp.start);
  const whole = parts.map((each) => {
    if (each.type === 'iprp') return properties2;
    return each.type === 'iloc' ? box('iloc', moved(file.subarray(each.content, each.end), added)) : file.subarray(each.start, each.end);
  });
  const after = Buffer.from(file.subarray(meta.end));
  retell(after, cicp);
  return Buffer.concat([file.subarray(0, meta.start), box('meta', file.subarray(meta.content, meta.content + 4), ...whole), after]);
}

/** The associations (of version 0, with places of 7 bits) with one more for the picture. */
function associated(ipma: Buffer, item: number, property: number): Buffer {
  if (ipma.readUInt32BE(0) !== 0 || property > 127) throw new TypeError('Properties are associated in another way.');
  const out = [ipma.subarray(0, 8)];
  let found = false;
  for (let [at, left] = [8, ipma.readUInt32BE(4)]; left > 0; left -= 1) {
    const count = ipma[at + 2];
    const entry = Buffer.from(ipma.subarray(at, at + 3 + count));
    at += 3 + count;
    const mine = entry.readUInt16BE(0) === item;
    if (mine) entry[2] += 1;
    found ||= mine;
    out.push(entry, Buffer.from(mine ? [property] : []));
  }
  if (!found) throw new TypeError('The picture has no properties.');
  return Buffer.concat(out);
}

/** Where items lie, `by` bytes later: of offsets of four bytes, in the file itself. */
function moved(iloc: Buffer, by: number): Buffer {
  const out = Buffer.from(iloc);
  const version = out[0];
  const sizes = [out[4] >> 4, out[4] & 15, out[5] >> 4] as const;
  const [offsetSize, lengthSize, baseSize] = sizes;
  if (version > 1 || offsetSize !== 4 || lengthSize !== 4 || (baseSize !== 4 && baseSize !== 0)) throw new TypeError('Items are located in another way.');
  for (let [at, left] = [8, out.readUInt16BE(6)]; left > 0; left -= 1) {
    const inFile = version === 0 || (out.readUInt16BE(at + 2) & 15) === 0;
    at += version === 0 ? 4 : 6;
    const base = at;
    const extents = out.readUInt16BE(at + baseSize);
    at += baseSize + 2;
    if (inFile && baseSize === 4) out.writeUInt32BE(out.readUInt32BE(base) + by, base);
    for (let extent = 0; extent < extents; extent += 1, at += 8) if (inFile && baseSize === 0) out.writeUInt32BE(out.readUInt32BE(at) + by, at);
  }
  return out;
}

/** Replaces what the AV1 picture's sequence header says: three bytes, at any bit of it. Notes, which lie there too, are no sequence header. */
function retell(data: Buffer, cicp: Cicp): void {
  const header = sequenceHeader(data);
  const wanted = (WRITTEN.primaries << 16) | (WRITTEN.transfer << 8) | WRITTEN.matrix;
  const place = (bit: number): number => (header.readUInt32BE(bit >> 3) >>> (8 - (bit & 7))) & 0xffffff;
  const found = Array.from({ length: 8 * (header.length - 4) }, (_, bit) => bit).filter((bit) => place(bit) === wanted);
  const [bit] = found;
  if (found.length !== 1) throw new TypeError('The AV1 picture says its colours in another way.');
  const shift = 8 - (bit & 7);
  const word = header.readUInt32BE(bit >> 3) & ~(0xffffff << shift);
  header.writeUInt32BE((word | (((cicp.primaries << 16) | (cicp.transfer << 8) | cicp.matrix) << shift)) >>> 0, bit >> 3);
}

/** A temporal delimiter, and behind it the sequence header: units with their sizes. */
function sequenceHeader(data: Buffer): Buffer {
  const at = data.indexOf(Buffer.from([0x12, 0x00, 0x0a]));
  if (at < 0) throw new TypeError('The AVIF has no AV1 picture.');
  const size = data[at + 3];
  // What follows is read with it, four bytes at a time.
  return data.subarray(at + 4, Math.min(data.length, at + 4 + size + 4));
}
