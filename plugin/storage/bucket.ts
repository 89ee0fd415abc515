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
import type { S3Client } from './client';
import { loadS3 } from './packages';

/** A store that is busy or restarts answers again soon; what it refuses it refuses for good. */
const TRIES = 4;
const FIRST_PAUSE_MS = 500;

export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
}

export class Bucket {
  readonly #client: S3Client;
  readonly #name: string;

  private constructor(client: S3Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** @throws GstIplError `set-up` */
  static async open(name: string, env: NodeJS.ProcessEnv = process.env): Promise<Bucket> {
    const { S3Client: Client } = await loadS3();
    const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
    const own = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
    if (!env.AWS_ACCESS_KEY_ID || !env.AWS_SECRET_ACCESS_KEY) {
      throw new GstIplError('set-up', `s3://${name} needs a login.`, { hint: 'Put it into the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where it is for a while.' });
    }
    try {
      return new Bucket(new Client({
        endPoint: own ?? `https://s3.${region}.amazonaws.com`, region, bucket: name, pathStyle: own !== undefined,
        accessKey: env.AWS_ACCESS_KEY_ID, secretKey: env.AWS_SECRET_ACCESS_KEY, sessionToken: env.AWS_SESSION_TOKEN,
      }), name);
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
      await this.#ask(key, async () => {
        const answer = await this.#client.getObject(key);
        await pipeline(Readable.fromWeb(answer.body as NodeStream), createWriteStream(part));
        const [expected, there] = [answer.headers.get('content-length'), statSync(part).size];
        if (expected !== null && Number(expected) !== there) throw new Error(`It ended after ${there} of ${expected} bytes.`);
      });
      renameSync(part, file);
    } finally {
      rmSync(part, { force: true });
    }
  }

  /** Nobody sees it before it is whole: a store shows what it has got to the end, also in parts. */
  async upload(file: string, key: string): Promise<void> {
    await this.#ask(key, () => this.#client.putObject(key, Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>, { size: statSync(file).size }));
  }

  async remove(key: string): Promise<void> {
    await this.#ask(key, () => this.#client.deleteObject(key));
  }

  async #ask<T>(key: string, question: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await question();
      } catch (error) {
        if (tries === TRIES || isRefusal(error)) throw this.#explain(key, error);
        await pause(FIRST_PAUSE_MS * 2 ** (tries - 1));
      }
    }
  }

  #explain(key: string, error: unknown): GstIplError {
    const { code = '', statusCode } = error as { code?: string; statusCode?: number };
    const hint = statusCode === 403 ? 'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do.' : statusCode === 404 ? 'Check the name of the bucket, and AWS_ENDPOINT_URL.' : 'Is AWS_ENDPOINT_URL right, and does the store answer?';
    const { cause } = error as { cause?: { code?: string; message?: string } };
    return new GstIplError('set-up', `s3://${this.#name}/${key}: ${[code, messageOf(error), cause?.code ?? cause?.message].filter(Boolean).join(', ')}`, { hint, cause: error });
  }
}

/** 408 and 429 ask for patience; other answers of 4xx are final. */
function isRefusal(error: unknown): boolean {
  const { statusCode = 0 } = error as { statusCode?: number };
  return statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
}
