/** Who may do what: names, sites, tokens, sizes, times. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../plugin';
import { parseAddress } from '../../plugin/observe/http/address';
import { readToken, TokenGate } from '../../plugin/observe/http/token';
import { previewElement } from '../../plugin/preview';
import { temporaryFolder } from '../support/folder';
import { ask, sendRaw, serve, TOKEN } from '../support/preview-server';

const JSON_TYPE = { 'content-type': 'application/json' };
const CHANGE = JSON.stringify({ path: 'fused.strength', value: 0.5 });

test('an address without a host is this machine alone', (t) => {
  t.deepEqual(parseAddress('8080'), { host: '127.0.0.1', port: 8080, loopback: true });
  t.deepEqual(parseAddress('[::1]:0'), { host: '::1', port: 0, loopback: true });
  for (const open of ['0.0.0.0:80', '[::]:80', '192.168.1.2:80', 'camera.local:80']) t.false(parseAddress(open).loopback, open);
  for (const wrong of ['', 'x', '65536', ':80', 'a b:80', '[::1]', '1.2.3.4', 'http://a:80', '-1', '[nonsense]:80']) {
    t.throws(() => parseAddress(wrong), { instanceOf: GstIplError, code: 'bad-option' }, wrong);
  }
});

test('where other machines can connect, a token is needed, and said at the check', (t) => {
  const open = parseAddress('0.0.0.0:8080');
  t.throws(() => readToken(open, undefined, {}), { instanceOf: GstIplError, message: /0\.0\.0\.0, which needs a token/ });
  t.is(readToken(parseAddress('8080'), undefined, {}), undefined);
  t.is(readToken(open, undefined, { GST_IPL_TOKEN: TOKEN }), TOKEN);
  t.throws(() => readToken(open, undefined, { GST_IPL_TOKEN: 'short' }), { message: /token of 5 characters; 16 are the least/ });
  const file = path.join(temporaryFolder(), 'token');
  t.throws(() => readToken(open, file, {}), { message: /cannot be read \(ENOENT\)/ });
  writeFileSync(file, '\n', { mode: 0o600 });
  t.throws(() => readToken(open, file, {}), { message: /token of 0 characters/ });
  writeFileSync(file, `${TOKEN}\n`);
  t.is(readToken(open, file, { GST_IPL_TOKEN: 'another' }), TOKEN);
  chmodSync(file, 0o666);
  t.throws(() => readToken(open, file, {}), { instanceOf: GstIplError, message: /is open to other users of this machine \(mode 666\)/ });
  const options = { listen: '0.0.0.0:8080', tokenFile: '', width: 1280, rate: 10 };
  if (!process.env.GST_IPL_TOKEN) t.throws(() => previewElement.checkFiles?.(options, { from: [], branches: [] }), { instanceOf: GstIplError });
});

test('64 browsers stay logged in; of more, the one that was idle for longest must log in again', (t) => {
  const gate = new TokenGate(TOKEN);
  const keys = Array.from({ length: 64 }, () => gate.open());
  t.true(gate.knows(keys[0]), 'It is the newest now.');
  const more = [gate.open(), gate.open()];
  t.deepEqual([keys[1], keys[2]].map((key) => gate.knows(key)), [false, false]);
  t.deepEqual([keys[0], ...keys.slice(3), ...more].filter((key) => !gate.knows(key)), []);
});

test('only names that are ours are answered: a name that was rebound to us is not', async (t) => {
  const { port } = await serve(t);
  for (const host of ['localhost', `localhost:${port}`, '127.0.0.1', '[::1]:80', '192.168.7.7:9000']) {
    t.is((await ask(port, '/api/state', { headers: { host } })).status, 200, host);
  }
  for (const host of ['evil.example', `evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', 'user@localhost', 'localhost/']) {
    const { status } = await ask(port, '/api/state', { headers: { host } });
    t.true(status === 421 || status === 400, `${host}: ${status}`);
  }
  t.regex(await sendRaw(port, 'GET /api/state HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400/);
  const absolute = await sendRaw(port, `GET http://localhost/api/state HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
  t.regex(absolute, /^HTTP\/1\.1 (400|421)/);
});

test('pages of other sites neither change nor read anything', async (t) => {
  const { port, values } = await serve(t);
  const host = `127.0.0.1:${port}`;
  const post = (headers: Record<string, string>, body = CHANGE): ReturnType<typeof ask> => ask(port, '/api/parameters', { method: 'POST', headers: { host, ...headers }, body });
  t.is((await post({ ...JSON_TYPE, origin: 'http://evil.example' })).status, 403);
  t.is((await post({ ...JSON_TYPE, origin: 'null' })).status, 403);
  t.is((await post({ ...JSON_TYPE, origin: `http://127.0.0.1:${port + 1}` })).status, 403);
  t.is((await post({ ...JSON_TYPE, 'sec-fetch-site': 'cross-site' })).status, 403);
  t.is((await post({ ...JSON_TYPE, 'sec-fetch-site': 'same-site' })).status, 403);
  t.is((await post({ 'content-type': 'text/plain' })).status, 415);
  t.is((await post({ 'content-type': 'application/x-www-form-urlencoded' })).status, 415);
  t.is(values.strength, 1);
  t.is((await ask(port, '/api/snapshot', { headers: { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } })).status, 403);
  // A link to the page may be followed.
  t.is((await ask(port, '/', { headers: { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } })).status, 200);
  t.is((await post({ ...JSON_TYPE, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status, 200);
  t.is(values.strength, 0.5);
  const chunks = `POST /api/parameters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\n{\r\n25\r\n"path":"fused.strength","value":0.25}\r\n0\r\n\r\n`;
  t.regex(await sendRaw(port, chunks), /^HTTP\/1\.1 200/);
  t.is(values.strength, 0.25);
});

test('what is not allowed is refused with a sentence, and nothing changes', async (t) => {
  const { port, values } = await serve(t);
  const post = async (body: string): Promise<string> => {
    const { status, body: text } = await ask(port, '/api/parameters', { method: 'POST', headers: JSON_TYPE, body });
    return `${status} ${(JSON.parse(text) as { error: string }).error}`;
  };
  t.regex(await post('{"path":"fused.strength","value":7}'), /^400 .*expected a number from 0 to 1, but got 7/);
  t.regex(await post('{"path":"fused.strength","value":"0.5"}'), /^400 .*expected a number/);
  t.regex(await post('{"path":"__proto__","value":1}'), /^400 There is no live parameter "__proto__"/);
  t.regex(await post('{"path":1}'), /^400 /);
  t.regex(await post('null'), /^400 /);
  t.regex(await post('{'), /^400 This is not JSON/);
  t.deepEqual(values, { strength: 1, freeze: false });
});

test('with a token, everything needs it: each path, by header or by a session', async (t) => {
  const { port } = await serve(t, { token: TOKEN });
  const paths = ['/', '/page.mjs', '/api/state', '/api/pictures', '/api/snapshot', '/metrics', '/health', '/health/live', '/nothing'];
  const bearer = { authorization: `Bearer ${TOKEN}` };
  for (const url of paths.filter((name) => name !== '/api/pictures')) {
    t.is((await ask(port, url)).status, 401, url);
    t.is((await ask(port, url, { headers: { authorization: 'Bearer a-token-that-nobody-guesse' } })).status, 401, url);
    t.not((await ask(port, url, { headers: bearer })).status, 401, url);
  }
  t.is((await ask(port, '/api/pictures')).status, 401);
  t.is((await ask(port, `/api/state?token=${TOKEN}`)).status, 401, 'Only the page takes the token in its address.');
  t.is((await ask(port, '/api/parameters', { method: 'POST', headers: JSON_TYPE, body: CHANGE })).status, 401);

  const login = await ask(port, `/?token=${TOKEN}`);
  t.is(login.status, 303);
  t.is(login.headers.location, '/');
  const [cookie = ''] = login.headers['set-cookie'] ?? [];
  t.regex(cookie, /; HttpOnly/);
  t.regex(cookie, /; SameSite=Strict/);
  t.false(cookie.includes(TOKEN));
  const session = cookie.split(';')[0] ?? '';
  t.is((await ask(port, '/api/state', { headers: { cookie: session } })).status, 200);
  t.is((await ask(port, '/api/state', { headers: { cookie: `${session.slice(0, -1)}_` } })).status, 401);
  t.is((await ask(port, '/api/state', { headers: { cookie: session, origin: 'http://evil.example' } })).status, 403);

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  t.is((await ask(port, '/login', { method: 'POST', headers: form, body: `token=${TOKEN}` })).status, 303);
  t.is((await ask(port, '/login', { method: 'POST', headers: form, body: 'token=wrong' })).status, 401);
  t.is((await ask(port, '/login', { method: 'POST', headers: { ...form, origin: 'http://evil.example' }, body: `token=${TOKEN}` })).status, 403);
  // A server with a token goes by any name: another name's page has no session.
  t.is((await ask(port, '/health/live', { headers: { ...bearer, host: 'camera.example' } })).status, 200);
});

test('nothing outside of the page is served, however the path is written', async (t) => {
  const { port } = await serve(t);
  for (const url of [
    '/../package.json', '/..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/page/../../routes.ts', '//etc/passwd', '/....//package.json',
    '/page.css/../../../index.ts', '/..\\package.json', '/page.mjs%00.html', '/%c0%ae%c0%ae/package.json', '/file:///etc/passwd', '/index.html',
  ]) {
    const answer = await sendRaw(port, `GET ${url} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    t.regex(answer, /^HTTP\/1\.1 40[04]/, url);
    t.notRegex(answer, /gst-ipl|root:|import /, url);
  }
});

test('large requests are refused, whatever is large about them', async (t) => {
  const { port } = await serve(t);
  const large = 'x'.repeat(20_000);
  const statusOf = async (request: string): Promise<number> => Number(/^HTTP\/1\.1 (\d+)/.exec(await sendRaw(port, request))?.[1]);
  t.is(await statusOf(`GET /api/state HTTP/1.1\r\nHost: localhost\r\nX-Large: ${large}\r\n\r\n`), 431);
  t.is(await statusOf(`GET /${large} HTTP/1.1\r\nHost: localhost\r\n\r\n`), 431);
  const head = 'POST /api/parameters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n';
  t.is(await statusOf(`${head}Content-Length: 20000\r\n\r\n${large}`), 413);
  t.is(await statusOf(`${head}Transfer-Encoding: chunked\r\n\r\n4e20\r\n${large}\r\n0\r\n\r\n`), 413);
  t.is(await statusOf(`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`), 400, 'Two meanings of where it ends.');
});

test('slow requests are cut off, and others are answered meanwhile', async (t) => {
  const { port } = await serve(t, { limits: { patienceMs: 1_500 } });
  const slow = [
    sendRaw(port, 'GET /api/state HTTP/1.1\r\nHost: local'),
    sendRaw(port, 'POST /api/parameters HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"path":'),
  ];
  t.is((await ask(port, '/api/state')).status, 200);
  for (const answer of await Promise.all(slow)) t.regex(answer, /^(HTTP\/1\.1 408|$)/);
});

test('answers let no other page use them, and nothing is upgraded', async (t) => {
  const { port } = await serve(t);
  for (const url of ['/', '/api/state', '/metrics', '/nothing', '/page.css']) {
    const { headers } = await ask(port, url, { headers: { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` } });
    const policy = String(headers['content-security-policy']);
    t.regex(policy, /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/, url);
    t.false(/unsafe|\*/.test(policy));
    t.is(headers['access-control-allow-origin'], undefined);
    t.is(headers['x-content-type-options'], 'nosniff');
    t.is(headers['cross-origin-resource-policy'], 'same-origin');
  }
  const upgrade = 'GET /api/state HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
  t.regex(await sendRaw(port, upgrade), /^HTTP\/1\.1 400/);
  t.regex(await sendRaw(port, 'CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n'), /^HTTP\/1\.1 400/);
});

test('passwords of cameras reach neither the page nor monitors', async (t) => {
  const { port, view } = await serve(t);
  const secret = 'rtsp://admin:hunter2@10.0.0.7/stream?token=geheim';
  view.onEvent({ type: 'started', duration: undefined });
  view.onEvent({ type: 'warning', node: 'under', message: `Could not connect to ${secret}.` });
  view.onEvent({ type: 'source-lost', node: 'under', reason: `No route to ${secret}.`, attempt: 1, delay: 1_000_000_000n });
  view.metrics.declare({ gst_ipl_source: { kind: 'gauge', help: 'A source.' } });
  view.metrics.set('gst_ipl_source', 1, { node: 'under', location: secret });
  view.conditions.of('under').of('far', { holds: true, degrades: true }).raise(`${secret} is far away.`);
  for (const url of ['/api/state', '/metrics', '/health', '/health/live']) {
    const { body } = await ask(port, url);
    t.notRegex(body, /hunter2|geheim/, url);
  }
  t.regex((await ask(port, '/health')).body, /is lost: No route to rtsp:/);
});
