import test from 'ava';
import { readRedisAddress } from '../../plugin/core/address';
import type { GstIplError } from '../../plugin/core/errors';

const plain = { scheme: 'redis', host: 'studio', port: 6379, database: 0, user: undefined, password: undefined, shown: 'redis://studio:6379' };

for (const [text, change] of [
  ['redis://studio', {}],
  [' REDIS://studio/ ', {}],
  ['rediss://studio:6380/2', { scheme: 'rediss', port: 6380, database: 2, shown: 'rediss://studio:6380/2' }],
  ['redis://[::1]:7000', { host: '::1', port: 7000, shown: 'redis://[::1]:7000' }],
  ['redis://:sesame@studio', { password: 'sesame' }],
  ['redis://ali:se:s@me%2F%zz@studio', { user: 'ali', password: 'se:s@me/%zz' }],
  ['redis://a%40b:%2F%23@studio', { user: 'a@b', password: '/#' }],
] as [string, object][]) {
  test(`understood: ${text}`, (t) => t.deepEqual(readRedisAddress(text) as unknown, { ...plain, ...change }));
}

for (const text of [
  'redis:sesame', 'redis://', 'redis://:sesame@', 'http://:sesame@studio', 'redis://sesame@studio', 'redis://:ses/ame@studio', 'redis://:sesame@studio/x', 'redis://:sesame@studio?db=1',
  'redis://:sesame@studio:0', 'redis://:sesame@studio:99999', 'redis://:sesame@[studio]', 'redis://:sesame\n@studio', 'redis://:sesame@stu dio', 'redis://:sesame@[fe80::1%25eth0]',
]) {
  test(`refused, without what may be secret: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws<GstIplError>(() => readRedisAddress(text));
    t.is(error.code, 'bad-option');
    t.notRegex(error.describe(), /ses/);
  });
}
