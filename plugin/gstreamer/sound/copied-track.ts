/**
 * Packets of a source as they are, each at its time. Nothing in them can be changed, so it is their times that follow a clock which runs at
 * another pace, and what is missing is silence in whole packets: a muxer would wait for what does not come, and pictures with it. What
 * is left of a gap, which is shorter than a packet, stays one: so what comes behind it is at its time.
 */
import type { SoundPacket } from '../../core/sound/sound-line';
import { MILLISECOND, SECOND, type Nanoseconds } from '../../core/time';
import { packetFormat, type PacketFormat } from './encoded-packet';
import { soundParser } from './sound-codecs';
import type { Piece, SoundChain, Track } from './track';
import { WaitingSound } from './waiting-sound';

/** As for samples (sample-track.ts): what is off by more is a gap, or comes twice. */
const JITTER = 10n * MILLISECOND;

/**
 * From so much on in the mean of so many, packets are moved, by a part of it and by a hundredth of a packet at most: after the start of a
 * live source, whose stamps are corrected by up to JITTER, that takes a second or two.
 */
const DRIFT = MILLISECOND;
const MEAN_OF = 16n;
const PART = 32n;
const MOST = 200_000n;

/** Times are rounded here and there; nobody hears so little that is missing, and no muxer waits for it. */
const ROUNDING = MILLISECOND;

/** It takes an output less to say that a file was begun: a few key frame intervals. */
const REMEMBERED: Nanoseconds = 60n * SECOND;

export class CopiedTrack implements Track {
  readonly waiting = new WaitingSound();
  readonly delay = 0n;
  readonly #takes: (format: PacketFormat) => boolean;
  /** Of what came last, and was taken. */
  #newest: PacketFormat | undefined;
  /** Of the pipeline. */
  #format: PacketFormat | undefined;
  #position: Nanoseconds = 0n;
  #drift: Nanoseconds = 0n;
  /** What comes next follows what was there; else its stamp alone says where it belongs. */
  #follows = false;
  /** When packets of late began. */
  readonly #begins: Nanoseconds[] = [];

  /** @param takes whether the container can have such packets */
  constructor(takes: (format: PacketFormat) => boolean) {
    this.#takes = takes;
  }

  get position(): Nanoseconds {
    return this.#position;
  }

  add(packet: SoundPacket): boolean {
    if (packet.caps !== this.#newest?.caps) {
      const format = packetFormat(packet.caps);
      if (!format || !this.#takes(format)) return false;
      this.#newest = format;
    }
    this.waiting.add(packet);
    return true;
  }

  /** What is to go in first decides; where nothing waits, what came last. */
  chain(): SoundChain | undefined {
    const { first } = this.waiting;
    this.#format = first && first.caps !== this.#newest?.caps ? packetFormat(first.caps) : this.#newest;
    return this.#format && { codec: this.#format.codec, caps: this.#format.caps, launch: soundParser(this.#format.codec) };
  }

  begin(at: Nanoseconds): void {
    this.#position = at;
    this.#follows = false;
    this.#begins.length = 0;
  }

  needsAnother(before: Nanoseconds): boolean {
    const { first } = this.waiting;
    return first !== undefined && first.caps !== this.#format?.caps && first.runningTime < before;
  }

  take(until: Nanoseconds, fill: Nanoseconds): Piece[] {
    const pieces: Piece[] = [];
    for (let { first } = this.waiting; first && first.caps === this.#format?.caps && first.runningTime < until; { first } = this.waiting) {
      this.waiting.shift();
      pieces.push(...this.#fit(first));
    }
    return [...pieces, ...this.#silence(fill - ROUNDING, 'beyond')];
  }

  packetFrom(time: Nanoseconds): Nanoseconds {
    return this.#begins.find((begin) => begin >= time) ?? this.#position;
  }

  #fit({ payload, runningTime, duration }: SoundPacket): Piece[] {
    const ahead = runningTime - this.#position;
    if (this.#follows && ahead <= JITTER && ahead >= -JITTER) return [this.#put(payload, duration + this.#steer(ahead))];
    if (ahead < -ROUNDING) return []; // It comes twice, or silence took its place.
    const silence = this.#silence(runningTime, 'within');
    if (ahead > 0n) this.#position = runningTime;
    this.#drift = 0n;
    this.#follows = true;
    return [...silence, this.#put(payload, duration)];
  }

  /** @returns by how much the next is moved */
  #steer(ahead: Nanoseconds): Nanoseconds {
    this.#drift += (ahead - this.#drift) / MEAN_OF;
    const step = this.#drift / PART;
    if (this.#drift > DRIFT) return step < MOST ? step : MOST;
    return this.#drift < -DRIFT ? (step > -MOST ? step : -MOST) : 0n;
  }

  #silence(until: Nanoseconds, reach: 'within' | 'beyond'): Piece[] {
    const { silence, packet } = this.#format ?? {};
    const pieces: Piece[] = [];
    if (!silence || !packet) return pieces;
    while (reach === 'beyond' ? this.#position < until : this.#position + packet <= until) pieces.push(this.#put(silence, packet));
    if (pieces.length > 0) this.#follows = false;
    return pieces;
  }

  #put(data: Buffer, duration: Nanoseconds): Piece {
    const pts = this.#position;
    this.#position += duration;
    this.#begins.push(pts);
    while ((this.#begins[0] ?? pts) < pts - REMEMBERED) this.#begins.shift();
    return { data, pts, duration };
  }
}
