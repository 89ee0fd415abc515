/** The thread of the HTTP server gives its memory back when it ends. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import koffi from 'koffi';
import { collectGarbage } from './held';

const FIELDS = ['arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks', 'fordblks', 'keepcost'];
const figures = koffi.struct('mallinfo2', Object.fromEntries(FIELDS.map((field) => [field, 'size_t'])));
const mallinfo2 = koffi.load('libc.so.6').func('mallinfo2', figures, []);
/** What malloc has given out. */
const given = (): number => {
  collectGarbage();
  return Number((mallinfo2() as { uordblks: number | bigint }).uordblks);
};

const OBSERVE = path.join(__dirname, '..', '..', 'plugin', 'observe', 'http');
const COMPILER = path.join(__dirname, '..', '..', 'scripts', 'typescript.js');

/** @returns bytes that each of some threads leaves, which do this and end */
async function leftBy(code: string, times: number): Promise<number> {
  const once = (): Promise<unknown> => new Promise((resolve) => new Worker(code, { eval: true }).once('exit', resolve));
  for (let warm = 0; warm < 5; warm += 1) await once();
  const before = given();
  for (let done = 0; done < times; done += 1) await once();
  return (given() - before) / times;
}

test.serial('a thread that can answer leaves nothing: its HTTP client is not loaded', async (t) => {
  t.timeout(240_000);
  const first = /^import '\.\/(.+)';$/m.exec(readFileSync(path.join(OBSERVE, 'server-thread.ts'), 'utf8'))?.[1];
  const left = await leftBy(`require(${JSON.stringify(COMPILER)}); require(${JSON.stringify(path.join(OBSERVE, `${first}.ts`))}); new Response('text');`, 12);
  t.log(left);
  t.true(left < 16_000, `${left} bytes a thread`);
});
