/** What is said of a picture beside its pixels, as segments of a JPEG (ITU-T T.81, B.2.4; ICC.1, B.4; XMP, part 3). */
import sharp from 'sharp';

export interface Notes {
  /** With its mark, `Exif`. */
  readonly exif: Buffer;
  readonly xmp: Buffer | undefined;
  readonly profile: Buffer | undefined;
  /** As JPEG has it, with its mark. */
  readonly iptc: Buffer | undefined;
}

/** Bytes that a segment holds. */
export const LARGEST_SEGMENT = 65_533;

const [APP0, APP1, APP2, APP13] = [0xe0, 0xe1, 0xe2, 0xed];
const XMP_MARK = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const PROFILE_MARK = Buffer.from('ICC_PROFILE\0', 'latin1');
const IPTC_MARK = 'Photoshop 3.0\0';

/** The same picture, with these notes. What has no room in a segment is left out. @param jpeg without notes, but for JFIF's */
export function withNotes(jpeg: Buffer, { exif, xmp, profile, iptc }: Notes): Buffer {
  const head = jpeg[3] === APP0 ? 4 + jpeg.readUInt16BE(4) : 2;
  const segments = [
    segment(APP1, exif),
    ...(xmp ? [segment(APP1, Buffer.concat([XMP_MARK, xmp]))] : []),
    ...(profile ? profileSegments(profile) : []),
    ...(iptc?.toString('latin1', 0, IPTC_MARK.length) === IPTC_MARK ? [segment(APP13, iptc)] : []),
  ];
  return Buffer.concat([jpeg.subarray(0, head), ...segments, jpeg.subarray(head)]);
}

/** One pixel that has them: libvips writes from it what it knows of them into other formats. */
export async function jpegWithNotes(notes: Notes): Promise<Buffer> {
  return withNotes(await sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } }).jpeg().toBuffer(), notes);
}

function segment(marker: number, content: Buffer): Buffer {
  if (content.length > LARGEST_SEGMENT) return Buffer.alloc(0);
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function profileSegments(profile: Buffer): Buffer[] {
  const room = LARGEST_SEGMENT - PROFILE_MARK.length - 2;
  const count = Math.ceil(profile.length / room);
  return Array.from({ length: count }, (_, index) =>
    segment(APP2, Buffer.concat([PROFILE_MARK, Buffer.from([index + 1, count]), profile.subarray(index * room, (index + 1) * room)])));
}
