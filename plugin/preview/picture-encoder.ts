/** Makes JPEG or PNG files of frames, one after the other. What is HDR is mapped to what an SDR screen shows (tone-map.ts). */
import { deriveFrame, type Frame } from '../core/frames/frame';
import { parseVideoCaps } from '../core/frames/video-caps';
import { OneByOne } from './one-by-one';
import { isHdr, toneMap, toneMappedCaps } from './tone-map';

/**
 * JPEG is BT.601 in full range with sRGB's transfer (JFIF); jpegenc does not convert, and without this black is grey.
 * Quality 82 is good enough to judge a picture by, in about 100 kB at 1280x720.
 */
const JPEG = 'video/x-raw,format=I420,colorimetry=(string)1:4:7:1 ! jpegenc quality=82';

export class PictureEncoder {
  readonly #encoder: OneByOne;
  /** HDR, as large as it is shown: pixels that nobody sees are not mapped. */
  readonly #reducer: OneByOne;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param width pixels that a picture has at most; its height follows */
  static jpeg(width: number): PictureEncoder {
    // Bilinear, with as many source pixels as the reduction asks for; the pixel aspect becomes 1, as browsers show it.
    const scale = `videoscale method=bilinear ! video/x-raw,width=(int)[1,${width}],pixel-aspect-ratio=1/1`;
    return new PictureEncoder(`videoconvert ! ${scale} ! videoconvert ! ${JPEG}`, ` ! ${scale}`);
  }

  /** Every pixel as it is. */
  static png(): PictureEncoder {
    return new PictureEncoder('videoconvert ! videoconvert ! video/x-raw,format=RGB ! pngenc compression-level=3', '');
  }

  private constructor(tail: string, scale: string) {
    this.#encoder = new OneByOne(tail);
    this.#reducer = new OneByOne(`videoconvert ! video/x-raw,format=I420_10LE${scale}`);
  }

  /** @returns the file, or undefined when the encoder is closed or broken; the next call makes a new one. */
  encode(frame: Frame): Promise<Buffer | undefined> {
    const encoded = this.#last.then(() => this.#encode(frame));
    this.#last = encoded.catch(() => undefined);
    return encoded;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#encoder.stop(), this.#reducer.stop()]);
  }

  async #encode(frame: Frame): Promise<Buffer | undefined> {
    if (this.#closed) return undefined;
    const shown = isHdr(frame.caps) ? await this.#mapped(frame) : frame;
    if (!shown || this.#closed) return undefined;
    return this.#encoder.pass(shown, (sample) => sample.copy());
  }

  async #mapped(frame: Frame): Promise<Frame | undefined> {
    const reduced = await this.#reducer.pass(frame, async (sample) => ({ caps: sample.caps ?? '', payload: await sample.copy() }));
    if (!reduced) return undefined;
    const caps = parseVideoCaps(reduced.caps);
    return deriveFrame(frame, { payload: await toneMap(reduced.payload, caps), caps: toneMappedCaps(caps), shared: true });
  }
}
