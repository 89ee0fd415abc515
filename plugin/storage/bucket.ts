/**
 * One bucket of a store of objects: S3, or what speaks as it does. Where it is, and who may, the environment says, by the names that
 * others use: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL (without it it is Amazon's, of AWS_REGION), AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_SESSION_TOKEN. No secret is in a command line, a queue or a message.
 */
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { GstIplError, messageOf } from '../core/errors';
import { loadS3 } from './packages';
import { patientClient, pauseMs, TRIES, type PatientClient } from './patient-client';

/**
 * Bytes. Larger files go in parts of this size, four at a time, which are in memory meanwhile; the client's own 64 MB would be a quarter of a GB. A store
 * takes 10,000 parts, of which the greatest file may need larger ones.
 */
const PART = 16 * 2 ** 20;
const MOST_PARTS = 10_000;

export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
}

export class Bucket {
  readonly #client: PatientClient;
  readonly #name: string;
  readonly #part: number;

  private constructor(client: PatientClient, name: string, part: number) {
    this.#client = client;
    this.#name = name;
    this.#part = part;
  }

  /** @throws GstIplError `set-up` */
  static async open(name: string, env: NodeJS.ProcessEnv = process.env, part = PART): Promise<Bucket> {
    const client = await loadS3();
    const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
    const own = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
    if (!env.AWS_ACCESS_KEY_ID || !env.AWS_SECRET_ACCESS_KEY) {
      throw new GstIplError('set-up', `s3://${name} needs a login.`, { hint: 'Put it into the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where it is for a while.' });
    }
    try {
      return new Bucket(patientClient(client, {
        endPoint: own ?? `https://s3.${region}.amazonaws.com`, region, bucket: name, pathStyle: own !== undefined,
        accessKey: env.AWS_ACCESS_KEY_ID, secretKey: env.AWS_SECRET_ACCESS_KEY, sessionToken: env.AWS_SESSION_TOKEN,
      }), name, part);
    } catch (error) {
      throw new GstIplError('set-up', `The store of s3://${name} cannot be asked: ${messageOf(error)}`, { hint: 'AWS_ENDPOINT_URL is an address such as https://minio.example.org:9000' });
    }
  }

  /** @param prefix a folder, or empty */
  async list(prefix: string): Promise<StoredFile[]> {
    return this.#ask(prefix, async () => {
      const found: StoredFile[] = [];
      for await (const { key, size } of this.#client.listObjects({ prefix: prefix === '' ? '' : `${prefix}/` })) found.push({ key, bytes: size });
      return found.filter(({ key }) => !key.endsWith('/')); // What browsers make of folders.
    });
  }

  async exists(key: string): Promise<boolean> {
    return this.#ask(key, () => this.#client.exists(key));
  }

  /** The file is there when it is whole. */
  async download(key: string, file: string): Promise<void> {
    const part = `${file}.${process.pid}.download`;
    mkdirSync(path.dirname(file), { recursive: true });
    try {
      for (let tries = 1; !(await this.#bring(key, part, tries === TRIES)); tries += 1) await pause(pauseMs(tries));
      renameSync(part, file);
    } finally {
      rmSync(part, { force: true });
    }
  }

  /**
   * Nobody sees it before it is whole: a store shows what it has got to the end, also in parts. Of what fails nothing stays there; of what is
   * killed in the middle parts do, which a rule of the bucket removes (docs/stills.md).
   */
  async upload(file: string, key: string): Promise<void> {
    const { size } = statSync(file);
    try {
      await this.#client.putObject(key, Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>, { size, partSize: Math.max(this.#part, Math.ceil(size / MOST_PARTS)) });
    } catch (error) {
      await this.#client.dropParts(key).catch(() => undefined); // What is wrong with the store is told by the first error.
      throw this.#explain(key, error);
    }
  }

  async remove(key: string): Promise<void> {
    await this.#ask(key, () => this.#client.deleteObject(key));
  }

  /** @returns whether all of it came @throws GstIplError on the last try */
  async #bring(key: string, part: string, isLast: boolean): Promise<boolean> {
    const answer = await this.#ask(key, () => this.#client.getObject(key));
    try {
      await pipeline(Readable.fromWeb(answer.body as NodeStream), createWriteStream(part));
      const [expected, there] = [answer.headers.get('content-length'), statSync(part).size];
      if (expected !== null && Number(expected) !== there) throw new Error(`It ended after ${there} of ${expected} bytes.`);
      return true;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOSPC', 'EDQUOT'].includes(code)) throw new GstIplError('set-up', `There is no room for s3://${this.#name}/${key} in "${path.dirname(part)}".`, { hint: 'Free some room, or name another temporary folder: TMPDIR.', cause: error });
      if (isLast) throw this.#explain(key, error);
      return false;
    }
  }

  async #ask<T>(key: string, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.#explain(key, error);
    }
  }

  #explain(key: string, error: unknown): GstIplError {
    const { code = '', statusCode } = error as { code?: string; statusCode?: number };
    const hint = statusCode === 403 ? 'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do.' : statusCode === 404 ? 'Check the name of the bucket, and AWS_ENDPOINT_URL.' : 'Is AWS_ENDPOINT_URL right, and does the store answer?';
    const { cause } = error as { cause?: { code?: string; message?: string } };
    return new GstIplError('set-up', `s3://${this.#name}/${key}: ${[code, messageOf(error), cause?.code ?? cause?.message].filter(Boolean).join(', ')}`, { hint, cause: error });
  }
}
