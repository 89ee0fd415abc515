/**
 * Two JPEG pictures in one file: the ordinary one, which everybody shows, and its gain map behind it, found by MPF (CIPA DC-007). What the map
 * means is said twice: as XMP, which telephones since 2023 read, and as ISO 21496-1. libultrahdr would do it (libvips has it), but sharp has no way
 * to give it both pictures.
 */
import type { GainMap } from './gain-map';
import { OFFSET } from './gain-map';

const APP1 = 0xe1;
const APP2 = 0xe2;
const FIRST_APP = 0xe0;
const LAST_APP = 0xef;

const XMP_MARK = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const ISO_MARK = Buffer.from('urn:iso:std:iso:ts:21496:-1\0', 'latin1');
const HDRGM = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"';

/** Of version 0: what a reader has to know, and what wrote it. */
const ISO_VERSION = Buffer.alloc(4);

/** What a number that is written as a fraction is divided by. */
const PARTS = 1 << 20;

/** @param base with its notes, but without XMP, which is given apart @param map the gain map's pixels, encoded */
export function ultraHdr(base: Buffer, xmp: Buffer | undefined, map: Buffer, gains: GainMap): Buffer {
  const second = withSegments(map, [xmpSegment(mapXmp(gains)), segment(APP2, Buffer.concat([ISO_MARK, isoOf(gains)]))]);
  const first = [xmpSegment(baseXmp(xmp?.toString('utf8'), second.length)), segment(APP2, Buffer.concat([ISO_MARK, ISO_VERSION]))];
  const before = endOfNotes(base);
  const start = before + first.reduce((total, part) => total + part.length, 0);
  const length = base.length + (start - before) + segment(APP2, multiPicture(0, 0, 0)).length;
  // Places are counted from where MPF's own head begins.
  const own = segment(APP2, multiPicture(length, second.length, length - (start + 4 + MPF_MARK.length)));
  return Buffer.concat([base.subarray(0, before), ...first, own, base.subarray(before), second]);
}

function withSegments(jpeg: Buffer, segments: readonly Buffer[]): Buffer {
  const at = endOfNotes(jpeg);
  return Buffer.concat([jpeg.subarray(0, at), ...segments, jpeg.subarray(at)]);
}

/** Behind the last of the segments for applications. */
function endOfNotes(jpeg: Buffer): number {
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] >= FIRST_APP && jpeg[at + 1] <= LAST_APP) at += 2 + jpeg.readUInt16BE(at + 2);
  return at;
}

function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

const xmpSegment = (xmp: string): Buffer => segment(APP1, Buffer.concat([XMP_MARK, Buffer.from(xmp, 'utf8')]));

const RDF = ['<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">', '</rdf:RDF></x:xmpmeta>'] as const;

/** Room that is left in a segment. */
const MOST_XMP = 60_000;

/** What was said of the reference, and that there is a map, of how many bytes. */
function baseXmp(given: string | undefined, mapLength: number): string {
  const item = (semantic: string, length: string): string => `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="${semantic}" Item:Mime="image/jpeg"${length}/></rdf:li>`;
  const own = `<rdf:Description rdf:about="" ${HDRGM} xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" hdrgm:Version="1.0">`
    + `<Container:Directory><rdf:Seq>${item('Primary', '')}${item('GainMap', ` Item:Length="${mapLength}"`)}</rdf:Seq></Container:Directory></rdf:Description>`;
  const end = given === undefined || given.length > MOST_XMP ? -1 : given.lastIndexOf('</rdf:RDF>');
  return given === undefined || end < 0 ? `${RDF[0]}${own}${RDF[1]}` : `${given.slice(0, end)}${own}${given.slice(end)}`;
}

function mapXmp({ least, most, headroom }: GainMap): string {
  const each = (name: string, values: readonly number[]): string => `<hdrgm:${name}><rdf:Seq>${values.map((value) => `<rdf:li>${value.toFixed(6)}</rdf:li>`).join('')}</rdf:Seq></hdrgm:${name}>`;
  return `${RDF[0]}<rdf:Description rdf:about="" ${HDRGM} hdrgm:Version="1.0" hdrgm:Gamma="1" hdrgm:OffsetSDR="${OFFSET}" hdrgm:OffsetHDR="${OFFSET}" hdrgm:HDRCapacityMin="0" `
    + `hdrgm:HDRCapacityMax="${headroom.toFixed(6)}" hdrgm:BaseRenditionIsHDR="False">${each('GainMapMin', least)}${each('GainMapMax', most)}</rdf:Description>${RDF[1]}`;
}

/** ISO 21496-1, C.2: three colours, in the base's primaries. */
function isoOf({ least, most, headroom }: GainMap): Buffer {
  const [THREE_COLOURS, BASE_PRIMARIES] = [0x80, 0x40];
  const colours = least.flatMap((end, channel) => [end, most[channel], 1, OFFSET, OFFSET]);
  const numbers = [0, headroom, ...colours];
  const out = Buffer.alloc(1 + 8 * numbers.length);
  out[0] = THREE_COLOURS | BASE_PRIMARIES;
  for (const [index, value] of numbers.entries()) {
    out.writeInt32BE(Math.round(value * PARTS), 1 + 8 * index);
    out.writeUInt32BE(PARTS, 5 + 8 * index);
  }
  return Buffer.concat([ISO_VERSION, out]);
}

const MPF_MARK = Buffer.from('MPF\0', 'latin1');
const [UNDEFINED, LONG] = [7, 4];
const PRIMARY = 0x030000;

/** CIPA DC-007, 5.2: how many pictures, how long each is, and where the second begins. */
function multiPicture(firstLength: number, secondLength: number, secondAt: number): Buffer {
  const entry = (tag: number, type: number, count: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(tag, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(count, 4);
    return Buffer.concat([head, value]);
  };
  const longs = (...values: number[]): Buffer => {
    const out = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) out.writeUInt32BE(value, 4 * index);
    return out;
  };
  const HEAD = 8;
  const DIRECTORY = 2 + 3 * 12 + 4;
  return Buffer.concat([
    MPF_MARK, Buffer.from('MM\0*', 'latin1'), longs(HEAD),
    Buffer.from([0, 3]), entry(0xb000, UNDEFINED, 4, Buffer.from('0100')), entry(0xb001, LONG, 1, longs(2)), entry(0xb002, UNDEFINED, 32, longs(HEAD + DIRECTORY)), longs(0),
    longs(PRIMARY, firstLength, 0, 0), longs(0, secondLength, secondAt, 0),
  ]);
}
