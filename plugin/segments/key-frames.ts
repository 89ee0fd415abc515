/** Where a recording can be begun at: its key frames, found by going there. Nothing is decoded, and nothing between them is read. */
import { GstIplError } from '../core/errors';
import type { Nanoseconds } from '../core/time';
import { launch } from '../gstreamer/launch/launch';
import { GstPipeline } from '../gstreamer/pipeline';
import { demuxerOf } from './container';

export interface KeyFrame {
  /** Of the file: stream time. */
  readonly time: Nanoseconds;
  /** Undefined where nobody says it. */
  readonly frameDuration: Nanoseconds | undefined;
}

export class KeyFrames {
  readonly #file: string;
  readonly #pipeline: GstPipeline;

  private constructor(file: string, pipeline: GstPipeline) {
    this.#file = file;
    this.#pipeline = pipeline;
  }

  /** @returns undefined for containers that cannot be gone about in exactly @throws GstIplError */
  static async open(file: string): Promise<KeyFrames | undefined> {
    const demuxer = demuxerOf(file);
    if (demuxer === undefined) return undefined;
    const pipeline = new GstPipeline(`${launch`filesrc location=${file}`} ! ${demuxer} name=file file.video_0 ! appsink name=out sync=false max-buffers=2`, new Map([['out', file]]));
    return new KeyFrames(file, pipeline);
  }

  /** The last key frame that is not behind a time; undefined where there is none. */
  async before(time: Nanoseconds): Promise<KeyFrame | undefined> {
    if (!(await this.#pipeline.goTo(time, undefined, 'key-frame')) || !(await this.#pipeline.play())) throw this.#failure();
    const found = await this.#pipeline.find('out').pull(({ streamTime, times, caps }) => ({ streamTime, duration: times.duration, caps }));
    if (this.#pipeline.failure) throw this.#failure();
    if (found?.streamTime === undefined) return undefined;
    return { time: found.streamTime, frameDuration: durationOf(found.caps) ?? found.duration };
  }

  /** Nanoseconds; undefined where the file does not say it. To be asked once a key frame was. */
  get duration(): Nanoseconds | undefined {
    const seconds = this.#pipeline.duration;
    return seconds === undefined ? undefined : BigInt(Math.round(seconds * 1e9));
  }

  async close(): Promise<void> {
    await this.#pipeline.stop();
  }

  #failure(): GstIplError {
    return this.#pipeline.failure ?? new GstIplError('pipeline-failed', `"${this.#file}" cannot be gone about in.`, { hint: 'It may be damaged; see whether a media player opens it.' });
  }
}

/** By the frame rate that the demuxer found. */
function durationOf(caps = ''): Nanoseconds | undefined {
  const [, numerator = '0', denominator = '1'] = /framerate=\(fraction\)(\d+)\/(\d+)/.exec(caps) ?? [];
  return Number(numerator) > 0 && Number(denominator) > 0 ? (1_000_000_000n * BigInt(denominator)) / BigInt(numerator) : undefined;
}
