/**
 * Fuses the brackets of a plan, each in a process of its own: on all cores, and what one of them does ends no other. What is done
 * already, by what the pictures hold and how they are fused, is left.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_FOLDER } from '../core/package-folder';
import { identityOf, Journal } from './journal';
import type { Job } from './plan';

export interface Result {
  readonly job: Job;
  readonly state: 'fused' | 'skipped' | 'failed';
  readonly seconds: number;
  /** Of one that failed, why; else what was told. */
  readonly messages: readonly string[];
}

export interface BatchSettings {
  readonly out: string;
  /** Options of `gst-ipl fuse`. */
  readonly options: readonly string[];
  readonly version: string;
  /** Brackets at once. */
  readonly atOnce: number;
  readonly tell: (result: Result, done: number) => void;
}

const COMMAND = path.join(PACKAGE_FOLDER, 'bin', 'gst-ipl.js');

export class BatchRun {
  readonly #children = new Set<ChildProcess>();
  #stopped = false;

  /** In the order of the jobs, as far as it came. */
  async run(jobs: readonly Job[], settings: BatchSettings): Promise<Result[]> {
    const journal = new Journal(settings.out);
    const results: Result[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < jobs.length && !this.#stopped) {
        const number = next;
        next += 1;
        results[number] = await this.#one(jobs[number], journal, settings);
        if (!this.#stopped) settings.tell(results[number], Object.keys(results).length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(settings.atOnce, jobs.length) }, work));
    return Object.values(results);
  }

  /** Nothing more is begun, and what is under way leaves nothing. */
  stop(): void {
    this.#stopped = true;
    for (const child of this.#children) child.kill('SIGTERM');
  }

  async #one(job: Job, journal: Journal, { out, options, version }: BatchSettings): Promise<Result> {
    const start = performance.now();
    const files = job.pictures.map(({ file }) => file);
    const seconds = (): number => (performance.now() - start) / 1000;
    try {
      const id = await identityOf(files, [version, ...options]);
      if (journal.isDone(id, out, job.output)) return { job, state: 'skipped', seconds: 0, messages: [] };
      const target = path.join(out, job.output);
      mkdirSync(path.dirname(target), { recursive: true });
      const { code, lines } = await this.#spawn(['fuse', ...options, '-o', target, '--', ...files]);
      if (code !== 0) return { job, state: 'failed', seconds: seconds(), messages: lines };
      journal.add(id, job.output);
      return { job, state: 'fused', seconds: seconds(), messages: lines };
    } catch (error) {
      return { job, state: 'failed', seconds: seconds(), messages: [(error as Error).message] };
    }
  }

  #spawn(args: readonly string[]): Promise<{ code: number | null; lines: string[] }> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, GST_IPL_LOG: 'pretty' } });
      this.#children.add(child);
      let told = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
      child.once('error', reject);
      child.once('close', (code) => {
        this.#children.delete(child);
        resolve({ code, lines: told.split('\n').filter((line) => line.trim() !== '') });
      });
    });
  }
}
