/** Thousands of malformed requests: each is answered or cut off, none stops the server or makes it fail. */
import test from 'ava';
import type { Limits } from '../../plugin/observe/http';
import { fuzzCount, fuzzSeed } from '../support/fuzz';
import { ask, sendRaw, serve, TOKEN } from '../support/preview-server';

const ROUNDS = fuzzCount(3_000);
const AT_ONCE = 24;

const SEEDS = [
  'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /api/state HTTP/1.1\r\nHost: localhost\r\nCookie: gst_ipl_1=abc; x=y\r\nAccept-Encoding: gzip\r\n\r\n',
  'GET /api/snapshot?x=%41&y[]=1 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-5\r\nIf-None-Match: "a"\r\n\r\n',
  'POST /api/parameters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 37\r\n\r\n{"path":"fused.strength","value":0.5}',
  'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\ntoken=a',
  'POST /api/parameters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"pat\r\n0\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer abcdefghijklmnopqrst\r\nOrigin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n\r\n',
];

const WORDS = [
  '\0', '\r\n', '\n', '\r', ' ', '\t', ':', '%', '%00', '%ff', '%2e%2e%2f', '../', '\\', '//', '?', '#', '@', '[', ']', '{', '"', '\x7f', '\xff\xfe', 'é', '-1', '9'.repeat(30), 'A'.repeat(9_000),
  'HTTP/9.9', 'HTTP/1.0', 'PRI * HTTP/2.0', 'Host: a\r\n', 'Host:\r\n', 'Content-Length: 5\r\n', 'Content-Length: -1\r\n', 'Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: identity\r\n',
  'Connection: upgrade\r\nUpgrade: h2c\r\n', 'Expect: 100-continue\r\n', 'Expect: x\r\n', 'ffffffffffffffff\r\n', 'http://[::1', '*', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'HEAD', '__proto__', 'null', '{"a":'.repeat(200),
];

/** Here nobody is slowed: what is looked for is in the requests themselves. */
const UNHURRIED: Partial<Limits> = { patienceMs: 3_000, refusals: 1e9, arrivals: { burst: 1e6, perSecond: 1e6 }, address: { burst: 1e6, perSecond: 1e6 }, total: { burst: 1e6, perSecond: 1e6 } };

/** Mulberry32: the same requests on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function mutate(request: string, next: () => number): string {
  let text = request;
  for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes -= 1) {
    const at = Math.floor(next() * (text.length + 1));
    const length = Math.floor(next() * 12);
    const word = WORDS[Math.floor(next() * WORDS.length)] ?? '';
    const kind = next();
    if (kind < 0.35) text = text.slice(0, at) + word + text.slice(at);
    else if (kind < 0.6) text = text.slice(0, at) + text.slice(at + length);
    else if (kind < 0.75) text = text.slice(0, at) + String.fromCharCode(Math.floor(next() * 256)) + text.slice(at + 1);
    else if (kind < 0.9) text = text.slice(0, at);
    else text = text.slice(0, at) + text.slice(Math.max(0, at - length)); // Something twice.
  }
  return text;
}

for (const token of [undefined, TOKEN]) {
  test(`malformed requests ${token ? 'with' : 'without'} a token`, async (t) => {
    t.timeout(240_000 + ROUNDS * 50);
    const { port, warnings, values } = await serve(t, { token, limits: UNHURRIED });
    const next = random(fuzzSeed(token ? 2 : 1));
    const requests = Array.from({ length: ROUNDS / 2 }, () => mutate(SEEDS[Math.floor(next() * SEEDS.length)] ?? '', next));
    const counts = new Map<string, number>();
    const work = async (): Promise<void> => {
      for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
        const sent = await sendRaw(port, Buffer.from(request, 'latin1'), 50);
        const answer = sent.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, ''); // For `Expect: 100-continue`; the answer follows.
        const status = answer === '' ? 'closed' : (/^HTTP\/1\.1 (\d\d\d) /.exec(answer)?.[1] ?? 'nonsense');
        counts.set(status, (counts.get(status) ?? 0) + 1);
        if (status === 'nonsense' || status === '500') t.log(JSON.stringify(request), JSON.stringify(answer.slice(0, 200)));
        if (token !== undefined && /"nodes"|# TYPE/.test(answer)) t.fail(`Answered without the token: ${JSON.stringify(request)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    t.log(Object.fromEntries([...counts].sort()));
    // 503: a snapshot before the first picture.
    const allowed = /^(closed|[234]\d\d|503)$/;
    t.deepEqual([...counts.keys()].filter((status) => !allowed.test(status)), []);
    t.true((counts.get('400') ?? 0) > 100);
    // Wrong tokens are among the requests.
    t.deepEqual(warnings.filter((warning) => !/^(A wrong token was|\d+ wrong tokens were) shown by 127\.0\.0\.1\.$/.test(warning)), []);
    t.true(values.strength === 1 || (token === undefined && values.strength >= 0 && values.strength <= 1));
    // It still serves.
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    t.is((await ask(port, '/api/state', { headers })).status, 200);
  });
}
