/**
 * What runs for months, in minutes: cameras that are not there, tried thousands of times while their chain delivers, and graphs
 * by the hundred in one process. Ends with a code other than 0 when something grew, a graph failed, or the chain stood still: what
 * its threads waited for a processor meanwhile is taken off, so that a busy machine alone fails it not (test/leak/gaps.ts).
 *
 *     npm run leak -- [--restarts 2000] [--graphs 500]
 *     npm run leak -- --asan | --memcheck [--rounds 1]
 *
 * The second form looks for misuse of memory instead (checkers.ts): it needs gcc, or valgrind and ten minutes.
 */
import { parseArgs } from 'node:util';
import { runDeadCameras } from '../../test/leak/dead-cameras';
import { growthOf, type Held } from '../../test/leak/held';
import { graphRun } from '../../test/leak/repeated';
import { temporaryFolder } from '../../test/support/folder';
import { CHECKERS, runUnder, type Checker } from './checkers';

const WARM = 50;

const count = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

function head(what: string): void {
  console.log(`\n${what}\n  times  descriptors  threads  heap, MB  memory, MB`);
}

function row(times: number, { descriptors, threads, heap, memory }: Held): void {
  console.log(`${String(times).padStart(7)}  ${String(descriptors).padStart(11)}  ${String(threads).padStart(7)}  ${heap.toFixed(2).padStart(8)}  ${memory.toFixed(1).padStart(10)}`);
}

/** @returns whether it is as it should be */
function verdict(what: string, problems: readonly string[]): boolean {
  for (const problem of problems) console.log(`MISSED   ${what}: ${problem}`);
  if (problems.length === 0) console.log(`reached  ${what}`);
  return problems.length === 0;
}

async function restarts(times: number): Promise<boolean> {
  head('Cameras that are not there');
  const { problems, restarts: tried, delivered, longestGapMs } = await runDeadCameras({ warm: WARM, times, onHeld: row });
  const attempts = Object.entries(tried).map(([name, number]) => `${name} ${number}`);
  return verdict(`flat over ${attempts.join(', ')}; ${delivered} pictures meanwhile, at most ${(longestGapMs / 1000).toFixed(2)} s apart beyond what threads waited for a processor`, problems);
}

async function graphs(times: number): Promise<boolean> {
  head('Graphs with a fusion, a recording, a page and a sink');
  const run = await graphRun(temporaryFolder());
  const failed: string[] = [];
  // One that fails is told, and the others still say whether anything grows.
  const grown = await growthOf({ warm: WARM, times, onHeld: row }, () => run().catch((error: Error) => void failed.push(error.message)));
  const counted = failed.length === 0 ? [] : [`${failed.length} graphs failed, the first because: ${failed[0]} On a machine whose cores are all taken, an output may be given up for silent.`];
  return verdict(`flat over ${times} graphs`, [...grown, ...counted]);
}

function check(checker: Checker, rounds: number): boolean {
  return verdict(`nothing found by ${checker}`, runUnder(checker, rounds));
}

function atLeast(text: string, least: number, name: string): number {
  if (Number.isInteger(Number(text)) && Number(text) >= least) return Number(text);
  throw new Error(`--${name} takes a whole number from ${least} on.`);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { restarts: count, graphs: count, rounds: { ...count, default: '1' }, asan: flag, memcheck: flag } });
  const checkers = CHECKERS.filter((checker) => values[checker]);
  if (checkers.length > 0) return checkers.map((checker) => check(checker, atLeast(values.rounds, 1, 'rounds'))).every(Boolean);
  const all = values.restarts === undefined && values.graphs === undefined;
  const least = WARM * 2;
  const wanted = { restarts: values.restarts ?? (all ? '2000' : '0'), graphs: values.graphs ?? (all ? '500' : '0') };
  const results: boolean[] = [];
  if (wanted.restarts !== '0') results.push(await restarts(atLeast(wanted.restarts, least, 'restarts')));
  if (wanted.graphs !== '0') results.push(await graphs(atLeast(wanted.graphs, least, 'graphs')));
  return results.every(Boolean);
}

void main().then(
  (reached) => process.exit(reached ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
