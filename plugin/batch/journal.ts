/**
 * What of a batch is done, across runs: a line for each bracket, written once its output is whole in its place. A kill between the two
 * means that the bracket is fused once more, into the same place.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ON_DISK, type Depot } from '../core/files/depot';

const NAME = '.gst-ipl-batch.jsonl';

export class Journal {
  readonly #file: string;
  readonly #depot: Depot;
  /** By output, what it was made from. */
  readonly #done = new Map<string, string>();

  private constructor(file: string, depot: Depot) {
    this.#file = file;
    this.#depot = depot;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      try {
        const { id, output } = JSON.parse(line) as { id: string; output: string };
        this.#done.set(output, id);
      } catch {
        // A line that a kill cut short, or the empty one at the end.
      }
    }
  }

  static async open(out: string, depot: Depot = ON_DISK): Promise<Journal> {
    const file = path.join(out, NAME);
    if (await depot.exists(file)) await depot.fetch([file]);
    return new Journal(file, depot);
  }

  async isDone(id: string, out: string, output: string): Promise<boolean> {
    return this.#done.get(output) === id && this.#depot.exists(path.join(out, output));
  }

  async add(id: string, output: string): Promise<void> {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `\n${JSON.stringify({ id, output })}\n`);
    this.#done.set(output, id);
    await this.#depot.keep(this.#file);
  }
}

/** What an output is made from: what the pictures hold, whatever they are called, and how they are fused. */
export async function identityOf(files: readonly string[], settings: readonly string[]): Promise<string> {
  const sums = await Promise.all(files.map(sumOf));
  return createHash('sha256').update(JSON.stringify([sums, settings])).digest('hex');
}

/** SHA-256 of what a file holds. */
export async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
