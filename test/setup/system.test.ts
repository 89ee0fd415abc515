import test from 'ava';
import { script } from './script';

const { PACKAGES, instructions, missingPackages } = script<{
  PACKAGES: string[];
  instructions(missing: string[]): string;
  missingPackages(status: string, wanted?: string[]): string[];
}>('scripts/setup/system.js');
const { checkNodeVersion, npmCommand } = script<{
  checkNodeVersion(version?: string): void;
  npmCommand(env: NodeJS.ProcessEnv): string[];
}>('scripts/setup/node.js');

test('missing is what dpkg does not call installed', (t) => {
  const status = 'g++ installed\nmake config-files\nlibgstreamer1.0-dev installed\n';
  t.deepEqual(missingPackages(status, ['g++', 'make', 'libgstreamer1.0-dev', 'python3']), ['make', 'python3']);
  t.deepEqual(missingPackages(''), PACKAGES);
});

test('the instructions name every missing package and one command', (t) => {
  const text = instructions(['g++', 'gstreamer1.0-libav']);
  t.regex(text, /Missing, by their names in Debian 12: g\+\+, gstreamer1\.0-libav\./);
  t.regex(text, /^ {4}sudo apt-get update && sudo apt-get install -y --no-install-recommends g\+\+ gstreamer1\.0-libav$/m);
});

test('a Node that is too old is refused with what to do', (t) => {
  t.notThrows(() => checkNodeVersion('20.19.0'));
  t.notThrows(() => checkNodeVersion('22.1.0'));
  t.throws(() => checkNodeVersion('20.9.0'), { message: /needs Node 20\.19 or later, and this is Node 20\.9\.0\. Install/ });
  t.throws(() => checkNodeVersion('18.20.4'));
});

test('npm is the one that runs the script, and another package manager is not taken for it', (t) => {
  t.deepEqual(npmCommand({ npm_execpath: '/opt/npm/bin/npm-cli.js' }), [process.execPath, '/opt/npm/bin/npm-cli.js']);
  t.notDeepEqual(npmCommand({ npm_execpath: '/opt/yarn/yarn.js' }), [process.execPath, '/opt/yarn/yarn.js']);
});
