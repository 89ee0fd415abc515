// What stays the same from one frame to the next. Module-level variables, so that the functions which are called
// thousands of times a frame take only the addresses that change.

/** Number of exposures K. The blend wants the reference first. */
export let exposures: i32 = 0;
/** Pixels of a map block in each direction: a power of two, at least 8. */
export let block: i32 = 0;
/** Pixels of a luma row. */
export let width: i32 = 0;
/** Map columns, ceil(width / block). */
export let mapWidth: i32 = 0;
/** Luma code that means 0 (16 or 0). */
export let black: i32 = 0;
/** Luma codes between 0 and 1 (219 or 255). */
export let span: i32 = 0;
/** Chroma codes between -1/2 and 1/2 (224 or 255). */
export let chromaSpan: i32 = 0;

export function configure(
  exposures_: i32,
  block_: i32,
  width_: i32,
  mapWidth_: i32,
  black_: i32,
  span_: i32,
  chromaSpan_: i32,
): void {
  exposures = exposures_;
  block = block_;
  width = width_;
  mapWidth = mapWidth_;
  black = black_;
  span = span_;
  chromaSpan = chromaSpan_;
}

/** Where the strip of the reference begins; those of the other exposures follow, `exposureStride` bytes apart. */
export let strip: usize = 0;
export let exposureStride: usize = 0;
/** The fused strip, laid out as those of the exposures. */
export let fusedStrip: usize = 0;
/** Bytes from a luma row to the next. */
export let lumaStride: usize = 0;
/** Where chroma begins in a strip, and bytes from a row of it to the next. */
export let chromaStart: usize = 0;
export let chromaStride: usize = 0;
/** From Cb to Cr where they have planes of their own (I420); 0 where they take turns in a row (NV12). */
export let redOffset: usize = 0;
/** Whether every pixel has a chroma sample of its own (Y444). */
export let fullChroma: bool = false;
/** Whether samples lie in 16 bits. */
export let deep: bool = false;
/** Of those: bits above a sample, so that its upper byte counts codes of 8 bits (6 of I420_10LE). */
export let bitsAbove: i32 = 0;
/** And bits that are rounded off (6 of 10 bits), and half of what they count. */
export let bitsRounded: i32 = 0;
export let roundingHalf: i32 = 0;

export function layOutStrips(
  strip_: usize,
  exposureStride_: usize,
  fusedStrip_: usize,
  lumaStride_: usize,
  chromaStart_: usize,
  chromaStride_: usize,
  redOffset_: usize,
  fullChroma_: bool,
  deep_: bool,
  bitsAbove_: i32,
  bitsRounded_: i32,
): void {
  strip = strip_;
  exposureStride = exposureStride_;
  fusedStrip = fusedStrip_;
  lumaStride = lumaStride_;
  chromaStart = chromaStart_;
  chromaStride = chromaStride_;
  redOffset = redOffset_;
  fullChroma = fullChroma_;
  deep = deep_;
  bitsAbove = bitsAbove_;
  bitsRounded = bitsRounded_;
  roundingHalf = (1 << bitsRounded_) >> 1;
}
