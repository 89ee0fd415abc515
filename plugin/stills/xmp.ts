/** What XMP says of a reference, as far as it is true of the fused picture. */

const NOT_TRUE: readonly RegExp[] = [
  // A gain map, and where it lies in the file: Ultra HDR (ISO 21496-1) is not written.
  /\s+hdrgm:\w+="[^"]*"/g,
  /<hdrgm:(\w+)>[\s\S]*?<\/hdrgm:\1>/g,
  /<(\w+):Directory>[\s\S]*?<\/\1:Directory>/g,
  // More XMP, in parts of the file that libraries do not read.
  /\s+xmpNote:HasExtendedXMP="[^"]*"/g,
];

/** It was turned: a reader must not do it again. */
const ORIENTATION = /(tiff:Orientation(?:="|>))\d/g;

export function renewXmp(xmp: Buffer | undefined): Buffer | undefined {
  if (!xmp) return undefined;
  const text = NOT_TRUE.reduce((rest, part) => rest.replace(part, ''), xmp.toString('utf8'));
  return Buffer.from(text.replace(ORIENTATION, (_, start: string) => `${start}1`));
}
