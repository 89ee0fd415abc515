/**
 * What of a batch is done, across runs: a line for each bracket, written once its output is whole in its place. A kill between the two
 * means that the bracket is fused once more, into the same place.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const NAME = '.gst-ipl-batch.jsonl';

export class Journal {
  readonly #file: string;
  /** By output, what it was made from. */
  readonly #done = new Map<string, string>();

  constructor(out: string) {
    this.#file = path.join(out, NAME);
    if (!existsSync(this.#file)) return;
    for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
      try {
        const { id, output } = JSON.parse(line) as { id: string; output: string };
        this.#done.set(output, id);
      } catch {
        // A line that a kill cut short, or the empty one at the end.
      }
    }
  }

  isDone(id: string, out: string, output: string): boolean {
    return this.#done.get(output) === id && existsSync(path.join(out, output));
  }

  add(id: string, output: string): void {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `\n${JSON.stringify({ id, output })}\n`);
    this.#done.set(output, id);
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
