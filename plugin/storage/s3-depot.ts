/**
 * Files of buckets, as files of a folder of one's own: `FOLDER/BUCKET/KEY`. What is read is brought there first, what was made is brought to
 * its bucket when it is whole. Files that lie elsewhere are on disk, and left alone: a batch may read a folder and write to a bucket.
 */
import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { S3Address } from '../core/address';
import { claimFolder } from '../core/files/claimed-folder';
import { ON_DISK, type Depot } from '../core/files/depot';
import { Bucket } from './bucket';

/** Bytes that nobody uses any more, and that may stay: the segments of one recording are fused from the same files. */
const KEPT_BYTES = 20e9;

/** Files that are brought at once. */
const AT_ONCE = 8;

export class S3Depot implements Depot {
  readonly #folder = claimFolder('gst-ipl-s3-');
  readonly #buckets = new Map<string, Promise<Bucket>>();
  /** By file, its download. */
  readonly #here = new Map<string, Promise<void>>();
  /** How many use a file. The one that was used last is the last in the map. */
  readonly #uses = new Map<string, number>();
  readonly #keptBytes: number;

  constructor(keptBytes = KEPT_BYTES) {
    this.#keptBytes = keptBytes;
  }

  /** Where an address is here. */
  folderOf({ bucket, prefix }: S3Address): string {
    return path.join(this.#folder.path, bucket, ...prefix.split('/'));
  }

  /** All that an address holds, here. @throws GstIplError `set-up` */
  async fetchAll(address: S3Address): Promise<void> {
    const bucket = await this.#bucket(address.bucket);
    const found = (await bucket.list(address.prefix)).map(({ key }) => ({ key, file: this.folderOf({ ...address, prefix: key }) }));
    // Names such as a/../b are none of a folder's.
    await this.fetch(found.filter(({ key, file }) => this.#placeOf(file)?.key === key).map(({ file }) => file));
  }

  async fetch(files: readonly string[]): Promise<void> {
    for (const file of files) this.#uses.set(file, (this.#uses.get(file) ?? 0) + 1);
    const waiting = [...files];
    const work = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await this.#bring(file);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async keep(file: string): Promise<void> {
    const place = this.#placeOf(file);
    if (place) await (await this.#bucket(place.bucket)).upload(file, place.key);
  }

  async exists(file: string): Promise<boolean> {
    const place = this.#placeOf(file);
    return place ? (await this.#bucket(place.bucket)).exists(place.key) : ON_DISK.exists(file);
  }

  async remove(folder: string): Promise<void> {
    const place = this.#placeOf(folder);
    await ON_DISK.remove(folder);
    if (!place) return;
    const bucket = await this.#bucket(place.bucket);
    for (const { key } of await bucket.list(place.key)) await bucket.remove(key);
  }

  release(files: readonly string[]): void {
    for (const file of files) {
      const uses = this.#uses.get(file) ?? 1;
      this.#uses.delete(file);
      this.#uses.set(file, uses - 1);
    }
    this.#makeRoom();
  }

  /** Nothing of it stays here. */
  close(): void {
    this.#folder.remove();
  }

  #bring(file: string): Promise<void> {
    const place = this.#placeOf(file);
    if (!place || (!this.#here.has(file) && existsSync(file))) return Promise.resolve();
    const coming = this.#here.get(file) ?? this.#bucket(place.bucket).then((bucket) => bucket.download(place.key, file));
    this.#here.set(file, coming);
    coming.catch(() => this.#here.delete(file));
    return coming;
  }

  /** Of what nobody uses, the oldest goes first. */
  #makeRoom(): void {
    const unused = [...this.#uses].filter(([file, uses]) => uses <= 0 && this.#placeOf(file) && existsSync(file)).map(([file]) => ({ file, bytes: statSync(file).size }));
    let bytes = unused.reduce((sum, one) => sum + one.bytes, 0);
    for (const one of unused) {
      if (bytes <= this.#keptBytes) return;
      rmSync(one.file, { force: true });
      this.#here.delete(one.file);
      this.#uses.delete(one.file);
      bytes -= one.bytes;
    }
  }

  #bucket(name: string): Promise<Bucket> {
    const open = this.#buckets.get(name) ?? Bucket.open(name);
    this.#buckets.set(name, open);
    return open;
  }

  /** Undefined for what is in no bucket. */
  #placeOf(file: string): { bucket: string; key: string } | undefined {
    const [bucket = '', ...key] = path.relative(this.#folder.path, path.resolve(file)).split(path.sep);
    return bucket === '' || bucket === '..' || key.length === 0 ? undefined : { bucket, key: key.join('/') };
  }
}
