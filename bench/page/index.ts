/**
 * Attacks the page of a live chain, and measures what comes out of the chain meanwhile against what comes out before and after,
 * in the same run, and how soon /health answers. The chain is what users run; it takes what the machine has.
 *
 *     npm run build && npm run bench:page -- [--seconds 8] [--rounds 3] [--width 1280] [--height 720] [--json FILE]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { TYPESCRIPT } from '../../test/support/command';
import { freePort } from '../../test/support/ports';

const ROOT = path.join(__dirname, '..', '..');
const TOKEN = 'a-token-that-is-right-and-long';
const LEAST_SHARE = 0.95;
const LONGEST_HEALTH_MS = 1_000;

const KINDS = {
  flood: '2,000 requests a second without the token',
  hammer: '64 clients of /api/state with the token',
  idle: '300 connections that say nothing',
  snapshots: '300 pipelined snapshots, again and again',
} as const;

type Kind = keyof typeof KINDS;

interface Result {
  readonly kind: Kind;
  /** Frames a second while attacked, by those around it; the middle of the rounds. */
  readonly share: number;
  readonly quiet: number;
  readonly attacked: number;
  readonly healthMs: { readonly middle: number; readonly worst: number };
  readonly rssMb: number;
  readonly attack: unknown;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

interface Answer {
  readonly text: string;
  readonly ms: number;
}

function get(port: number, url: string): Promise<Answer | undefined> {
  const began = performance.now();
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: url, agent: false, timeout: 15_000, headers: { authorization: `Bearer ${TOKEN}` } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ text, ms: performance.now() - began }));
      answer.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(undefined));
  });
}

class Chain {
  readonly page: number;
  readonly #monitor: number;
  readonly #child: ChildProcess;

  static async start(width: number, height: number, folder: string): Promise<Chain> {
    const [page, monitor] = [await freePort(), await freePort()];
    const graph = path.join(folder, 'graph.yaml');
    writeFileSync(graph, graphText(width, height, page));
    const chain = new Chain(page, monitor, graph);
    while ((await chain.frames()) === undefined) {
      if (chain.#child.exitCode !== null) throw new Error(`The chain ended with ${chain.#child.exitCode}.`);
      await pause(200);
    }
    await pause(5_000);
    return chain;
  }

  private constructor(page: number, monitor: number, graph: string) {
    this.page = page;
    this.#monitor = monitor;
    const args = [path.join(ROOT, 'bin', 'gst-ipl.js'), 'run', graph, '--metrics', String(monitor), '--log', 'json'];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', process.env.SHOW_LOG ? 'inherit' : 'ignore'], env: { ...process.env, GST_IPL_TOKEN: TOKEN } });
  }

  /** Frames that came out until now; undefined before the first. It is asked for at a server that nobody attacks. */
  async frames(): Promise<number | undefined> {
    const answer = await get(this.#monitor, '/metrics');
    const count = /^gst_ipl_output_frames_total\{node="out"\} (\d+)$/m.exec(answer?.text ?? '')?.[1];
    return count === undefined || count === '0' ? undefined : Number(count);
  }

  /** Frames a second over so long. */
  async rate(seconds: number): Promise<number> {
    const [from, began] = [await this.frames(), performance.now()];
    await pause(seconds * 1000);
    const [until, ended] = [await this.frames(), performance.now()];
    return ((until ?? NaN) - (from ?? NaN)) / ((ended - began) / 1000);
  }

  /** The process with the chain may be a child of the one that was started. */
  get rssMb(): number {
    const pids = [this.#child.pid ?? 0, ...childrenOf(this.#child.pid ?? 0)];
    const sizes = pids.map((pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readStatus(pid))?.[1] ?? 0));
    return Math.max(...sizes) / 1024;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
  }
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function graphText(width: number, height: number, page: number): string {
  const caps = `video/x-raw,format=NV12,width=${width},height=${height},framerate=30/1`;
  const camera = (brightness: number): string =>
    `{ use: source, launch: "videotestsrc is-live=true pattern=ball ! ${caps} ! videobalance brightness=${brightness} ! ${caps}" }`;
  return (
    `nodes:\n  under: ${camera(-0.3)}\n  mid: ${camera(0)}\n  over: ${camera(0.3)}\n` +
    '  set: { use: sync, from: [under, mid, over] }\n  fused: { use: ipl, from: set }\n' +
    '  out: { use: sink, from: fused, launch: "fakesink sync=false" }\n' +
    `  page: { use: preview, from: [fused, under], listen: ${page} }\n`
  );
}

async function attackOnce(chain: Chain, kind: Kind, seconds: number): Promise<{ rate: number; health: number[]; rssMb: number; attack: unknown }> {
  const child = spawn(process.execPath, [...TYPESCRIPT, path.join(__dirname, 'attacker.ts'), kind, String(chain.page), TOKEN], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (told += chunk));
  await pause(3_000); // It compiles, connects, and begins.
  const health: number[] = [];
  let rssMb = 0;
  let over = false;
  const watch = (async () => {
    while (!over) {
      const answer = await get(chain.page, '/health');
      health.push(answer?.ms ?? Infinity);
      rssMb = Math.max(rssMb, chain.rssMb);
      await pause(200);
    }
  })();
  const rate = await chain.rate(seconds);
  over = true;
  await watch;
  child.stdin.end();
  await once(child, 'close');
  return { rate, health, rssMb, attack: JSON.parse(told || '{}') as unknown };
}

async function measure(chain: Chain, kind: Kind, seconds: number, rounds: number): Promise<Result> {
  const quiet = [await chain.rate(seconds)];
  const attacks: Awaited<ReturnType<typeof attackOnce>>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    attacks.push(await attackOnce(chain, kind, seconds));
    await pause(2_000);
    quiet.push(await chain.rate(seconds));
  }
  const shares = attacks.map(({ rate }, round) => rate / (((quiet[round] ?? NaN) + (quiet[round + 1] ?? NaN)) / 2));
  const health = attacks.flatMap((attack) => attack.health);
  return {
    kind,
    share: middle(shares),
    quiet: middle(quiet),
    attacked: middle(attacks.map(({ rate }) => rate)),
    healthMs: { middle: middle(health), worst: Math.max(...health) },
    rssMb: Math.max(...attacks.map((attack) => attack.rssMb)),
    attack: attacks.at(-1)?.attack,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
      width: { type: 'string', default: '1280' },
      height: { type: 'string', default: '720' },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
    },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'gst-ipl-page-'));
  const chain = await Chain.start(Number(values.width), Number(values.height), folder);
  const results: Result[] = [];
  try {
    for (const kind of Object.keys(KINDS) as Kind[]) {
      if (values.only && !values.only.includes(kind)) continue;
      const result = await measure(chain, kind, Number(values.seconds), Number(values.rounds));
      results.push(result);
      const reached = result.share >= LEAST_SHARE && result.healthMs.worst < LONGEST_HEALTH_MS;
      console.log(
        `${reached ? 'reached' : 'MISSED '}  ${KINDS[kind]}: ${(result.share * 100).toFixed(0)} % of the frames ` +
          `(${result.attacked.toFixed(1)} of ${result.quiet.toFixed(1)} a second), /health ${result.healthMs.middle.toFixed(0)} ms, ` +
          `${result.healthMs.worst.toFixed(0)} at most, ${result.rssMb.toFixed(0)} MB  ${JSON.stringify(result.attack)}`,
      );
      if (!reached) process.exitCode = 1;
    }
  } finally {
    await chain.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ case: 'page', results }, undefined, 2)}\n`);
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
