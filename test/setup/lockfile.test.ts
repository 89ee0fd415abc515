import test from 'ava';
import { script } from './script';

interface Stamp { lock: string; platform: string }
const { installedMatches, mustInstall, stampOf } = script<{
  stampOf(lockText: string): Stamp;
  mustInstall(wanted: Stamp, stored: string | undefined): boolean;
  installedMatches(lockText: string, installedText: string | undefined): boolean;
}>('scripts/setup/lockfile.js');

const stamp = stampOf('{}');
const stored = (change: Partial<Stamp>) => JSON.stringify({ ...stamp, ...change });

test('the same lockfile and platform leave nothing to do', (t) => {
  t.false(mustInstall(stamp, stored({})));
});

test('another lockfile or platform means installing', (t) => {
  t.not(stampOf('{ }').lock, stamp.lock);
  t.true(mustInstall(stamp, stored({ lock: 'other' })));
  t.true(mustInstall(stamp, stored({ platform: 'linux-arm64' })));
});

test('no stamp or a broken one means installing', (t) => {
  for (const text of [undefined, '', 'null']) t.true(mustInstall(stamp, text), String(text));
});

const lock = (packages: object) => JSON.stringify({ packages });
const rxjs = { version: '7.8.2', integrity: 'sha512-a' };

test('a node_modules that npm made itself matches when every package is there in its version', (t) => {
  const wanted = lock({ '': { name: 'gst-ipl' }, 'node_modules/rxjs': rxjs, 'node_modules/fsevents': { version: '2.3.3', optional: true } });
  t.true(installedMatches(wanted, lock({ 'node_modules/rxjs': rxjs })), 'an optional package for another platform may be missing');
  t.false(installedMatches(wanted, lock({})), 'missing');
  t.false(installedMatches(wanted, lock({ 'node_modules/rxjs': { ...rxjs, version: '7.8.1' } })), 'another version');
  t.false(installedMatches(wanted, lock({ 'node_modules/rxjs': { ...rxjs, integrity: 'sha512-b' } })), 'other content');
  t.false(installedMatches(wanted, lock({ 'node_modules/rxjs': rxjs, 'node_modules/left': rxjs })), 'one too many');
  t.false(installedMatches(wanted, undefined), 'no node_modules');
});
