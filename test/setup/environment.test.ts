import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { checkEnvironment, prepareEnvironment } from '../../plugin/gstreamer/environment';
import { ROOT, script } from './script';

const { launchEnvironment } = script<{ launchEnvironment(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv }>('bin/environment.js');

const OURS = 'glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2000000000:glibc.malloc.top_pad=67108864:glibc.malloc.arena_max=1';

test('an empty environment gets a thread pool, malloc settings, no telemetry and no DirectFB', (t) => {
  t.deepEqual(launchEnvironment({}), { UV_THREADPOOL_SIZE: '24', GLIBC_TUNABLES: OURS, ORT_DISABLE_TELEMETRY: '1', GST_PLUGIN_FEATURE_RANK: 'dfbvideosink:NONE' });
});

test('DirectFB shows nothing unless the user ranks it; other ranks of the user stay', (t) => {
  t.is(launchEnvironment({ GST_PLUGIN_FEATURE_RANK: 'vah264dec:MAX' }).GST_PLUGIN_FEATURE_RANK, 'vah264dec:MAX,dfbvideosink:NONE');
  t.is(launchEnvironment({ GST_PLUGIN_FEATURE_RANK: 'dfbvideosink:256' }).GST_PLUGIN_FEATURE_RANK, 'dfbvideosink:256');
});

test('a pool size that the user set stays, an empty one does not count', (t) => {
  t.is(launchEnvironment({ UV_THREADPOOL_SIZE: '64' }).UV_THREADPOOL_SIZE, '64');
  t.is(launchEnvironment({ UV_THREADPOOL_SIZE: '' }).UV_THREADPOOL_SIZE, '24');
});

test('other tunables of the user are kept before ours', (t) => {
  t.is(launchEnvironment({ GLIBC_TUNABLES: 'glibc.rtld.nns=8' }).GLIBC_TUNABLES, `glibc.rtld.nns=8:${OURS}`);
});

test('a tunable of ours that the user set keeps the value of the user and is there once', (t) => {
  const { GLIBC_TUNABLES } = launchEnvironment({ GLIBC_TUNABLES: 'glibc.malloc.top_pad=1' });
  t.is(GLIBC_TUNABLES, 'glibc.malloc.top_pad=1:glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2000000000:glibc.malloc.arena_max=1');
});

test('applied twice it changes nothing more, and it leaves its argument alone', (t) => {
  const given: NodeJS.ProcessEnv = { HOME: '/home/me' };
  const once = launchEnvironment(given);
  t.deepEqual(launchEnvironment(once), once);
  t.deepEqual(given, { HOME: '/home/me' });
});

test('what the launcher gives leaves nothing to warn about, and the warning asks for just that', (t) => {
  t.deepEqual(checkEnvironment(launchEnvironment({})), []);
  const found = checkEnvironment({});
  t.deepEqual(found.map(({ remedy }) => remedy), ['UV_THREADPOOL_SIZE=24', `GLIBC_TUNABLES=${OURS}`]);
});

test('an environment set by hand after older advice is told which setting is missing', (t) => {
  const older = OURS.replace(':glibc.malloc.arena_max=1', '');
  const [finding, ...others] = checkEnvironment({ UV_THREADPOOL_SIZE: '24', GLIBC_TUNABLES: older });
  t.deepEqual(others, []);
  t.regex(finding?.problem ?? '', /leaves glibc\.malloc\.arena_max as/);
});

test('what may be set in a running process is set; what the user set stays', (t) => {
  const environment: NodeJS.ProcessEnv = { UV_THREADPOOL_SIZE: '64', ORC_CODE: 'backup' };
  prepareEnvironment(environment);
  t.deepEqual(environment, { UV_THREADPOOL_SIZE: '64', ORC_CODE: 'backup', ORT_DISABLE_TELEMETRY: '1' });
});

/** What a program's environment has become once it has loaded a module. */
function environmentAfter(module: string): NodeJS.ProcessEnv {
  const program = `require('./plugin/${module}'); console.log(JSON.stringify({ ...process.env }));`;
  const { ORT_DISABLE_TELEMETRY: _, UV_THREADPOOL_SIZE: __, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['-r', './scripts/typescript.js', '-e', program], { cwd: ROOT, env, encoding: 'utf8' });
  return JSON.parse(stdout || `"${stderr}"`) as NodeJS.ProcessEnv;
}

test('the package prepares the environment as it is loaded, and its parts leave it alone', (t) => {
  const { UV_THREADPOOL_SIZE, ORT_DISABLE_TELEMETRY } = environmentAfter('index');
  t.deepEqual({ UV_THREADPOOL_SIZE, ORT_DISABLE_TELEMETRY }, { UV_THREADPOOL_SIZE: '24', ORT_DISABLE_TELEMETRY: '1' });
  for (const part of ['gstreamer/pipeline', 'ipl/index']) {
    const after = environmentAfter(part);
    t.is(after.UV_THREADPOOL_SIZE, undefined, part);
    t.is(after.ORT_DISABLE_TELEMETRY, undefined, part);
  }
});

test('the blocks of an exposure set are on the heap, and stay there, in a process that was not started so', (t) => {
  const body = `
    const koffi = require('koffi');
    const libc = koffi.load('libc.so.6');
    const [malloc, memset, free] = ['void *malloc(size_t n)', 'void *memset(void *at, int value, size_t n)', 'void free(void *at)'].map((one) => libc.func(one));
    const faults = () => {
      const before = process.resourceUsage().minorPageFault;
      for (let round = 0; round < 10; round += 1) {
        const blocks = [1, 2, 3].map(() => memset(malloc(12e6), 1, 12e6));
        for (const at of blocks) free(at);
      }
      return process.resourceUsage().minorPageFault - before;
    };
    const before = faults();
    require(${JSON.stringify(path.join(ROOT, 'scripts', 'typescript.js'))});
    require(${JSON.stringify(path.join(ROOT, 'plugin', 'gstreamer', 'environment.ts'))}).tuneAllocator();
    faults();
    console.log(JSON.stringify([before, faults()]));`;
  const { GLIBC_TUNABLES: _, ...env } = process.env;
  const [before, after] = JSON.parse(execFileSync(process.execPath, ['-e', body], { cwd: ROOT, env, encoding: 'utf8' })) as [number, number];
  // 2930 pages a block: unless told otherwise, glibc gives back what is free at the end of the heap.
  t.true(before > 20_000 && after < 3_000, `${before} page faults, then ${after}`);
});
