/** Files with secrets: refused where others can read them. */
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GstIplError } from '../../plugin';
import { readSecretFile } from '../../plugin/core/secrets/secret-file';
import { temporaryFolder } from '../support/folder';

function secret(mode: number, name = 'token'): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, 'only for us');
  chmodSync(file, mode);
  return file;
}

function refusal(file: string): GstIplError {
  try {
    readSecretFile(file, 'token file');
  } catch (error) {
    if (error instanceof GstIplError) return error;
    throw error;
  }
  throw new Error('It was read.');
}

test('what its owner alone can read is read', (t) => {
  for (const mode of [0o600, 0o400, 0o700]) t.is(readSecretFile(secret(mode), 'token file'), 'only for us', mode.toString(8));
});

test('what has no end, or is far too long, is refused', (t) => {
  t.is(refusal('/dev/zero').message, 'The token file /dev/zero is longer than 65536 bytes: it is no token file.');
  const file = secret(0o600);
  writeFileSync(file, 'x'.repeat(65_536));
  t.is(readSecretFile(file, 'token file').length, 65_536);
});

test('what the group or others may read, write or run is refused, with the command that mends it', (t) => {
  for (const mode of [0o666, 0o644, 0o640, 0o660, 0o604, 0o602, 0o601]) {
    const file = secret(mode);
    const { code, message, hint } = refusal(file);
    t.is(code, 'bad-option');
    t.is(message, `The token file ${file} is open to other users of this machine (mode ${mode.toString(8)}).`);
    t.is(hint, `Run: chmod 600 ${file}. If somebody else may have read it, make a new one.`);
  }
});

test('the command is right for a name with signs that a shell reads', (t) => {
  const file = secret(0o644, "it's a token");
  t.true(refusal(file).hint?.startsWith(`Run: chmod 600 '${file.replace("'", String.raw`'\''`)}'. `));
});

test('a device or a pipe is read, and a file that is not there says so', (t) => {
  t.is(readSecretFile('/dev/null', 'token file'), '');
  t.throws(() => readSecretFile('/nowhere/token', 'token file'), { code: 'ENOENT' });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip; // Only root can give a file away.
asRoot('what belongs to another user is refused', (t) => {
  const file = secret(0o600);
  chownSync(file, 65534, 65534);
  const { message, hint } = refusal(file);
  t.is(message, `The token file ${file} belongs to another user (uid 65534), who can read and change it.`);
  t.is(hint, `Give it to the user that runs gst-ipl: chown 0 ${file}`);
});
