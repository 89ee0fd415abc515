/** Thousands of passwords of any signs in addresses: nothing that shows an address shows a part of one. */
import test from 'ava';
import { publicValue } from '../../plugin/core/public-value';
import { redact } from '../../plugin/core/redact';
import { escapeLaunchValue } from '../../plugin/gstreamer/launch/launch';
import { fuzzCount, fuzzSeed } from '../support/fuzz';
import { Mutator } from './mutate';

const S = 's3cr3t';
const SIGNS = ['<', '>', '"', "'", ' ', '@', ':', '/', '?', '#', '&', '%', '%20', '!', '$', '(', ')', '[', ']', '{', '}', '\\', ',', ';', '=', '+', '*', '|', '^', '`', '~', 'é', '.', '-', '_', 'x', '://', 'http://'];

test('passwords of any signs', (t) => {
  const count = fuzzCount(3000);
  t.timeout(60_000 + count * 10);
  const mutator = new Mutator(fuzzSeed(5));
  const forms: ((password: string) => string)[] = [
    (password) => `rtsp://bob:${password}@10.0.0.7:554/cam`,
    (password) => `https://bob:${password}@host`,
    (password) => `rtmp://host/app/${password}`,
  ];
  for (let index = 0; index < count; index += 1) {
    const signs = Array.from({ length: 1 + mutator.below(4) }, () => mutator.pick(SIGNS)).join('');
    const address = mutator.pick(forms)(`${S}${signs}${S}`);
    const shown = [publicValue(address)];
    // In a sentence nobody can tell where a stream key with a space ends, nor a password that looks as if the sentence went on.
    const isClear = !/[\s"'<>]/.test(signs) || (address.startsWith('rtsp') && !/[/?#]|["']\s|\s!\s|\s\S*=/.test(signs));
    if (isClear) shown.push(redact(`Cannot open "${address}".`), redact(JSON.stringify([address])), redact(`rtspsrc location=${escapeLaunchValue(address, 'rtspsrc location=', ' ')} latency=5`));
    for (const text of shown) if (text.includes(S)) t.fail(`${address} -> ${text}`);
  }
  t.pass();
});
