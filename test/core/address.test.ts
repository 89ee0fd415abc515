/** One table of addresses, against `source` and `publish`: an address means the same in both, or both refuse it. */
import test from 'ava';
import { GstIplError } from '../../plugin';
import { publicText, readNetworkAddress, splitScheme, type NetworkAddress } from '../../plugin/core/address';
import { parseLaunch, type NativeElement } from '../../plugin/gstreamer/binding';
import { escapeLaunchValue } from '../../plugin/gstreamer/launch/launch';
import { parseAddress } from '../../plugin/publish/address';
import { MUXER, routeLaunch } from '../../plugin/publish/routes';
import { readAddress } from '../../plugin/source/address';

const settings = { codec: 'h264', latency: 200_000_000n } as const;

const receiving = (text: string): string => readAddress(text, settings).launch;
const sending = (text: string): Promise<string> => routeLaunch(parseAddress(text) as NetworkAddress, 'h264');

/** What GStreamer's elements read from it. */
const understood: [address: string, properties: Readonly<Record<string, unknown>>][] = [
  ['srt://127.0.0.1:7001', { uri: 'srt://127.0.0.1:7001?mode=caller' }],
  ['SRT://127.0.0.1:7001', { uri: 'srt://127.0.0.1:7001?mode=caller' }],
  ['srt://:7001', { uri: 'srt://:7001?mode=listener' }],
  ['srt://[::1]:7001?latency=80', { uri: 'srt://[::1]:7001?mode=caller', latency: 80 }],
  ['srt://127.0.0.1:7001?mode=listener&pbkeylen=32', { uri: 'srt://127.0.0.1:7001?mode=listener', pbkeylen: 'GST_SRT_KEY_LENGTH_32' }],
  ['srt://127.0.0.1:7001?streamid=#!::r=live/a,m=publish', { streamid: '#!::r=live/a,m=publish' }],
  ['srt://127.0.0.1:7001?streamid=%23!::r%3Dlive%26x', { streamid: '#!::r=live&x' }],
  ['srt://127.0.0.1:7001?streamid=a+b%2Bc d%zz%E4', { streamid: 'a+b+c d%zz%E4' }],
  ['srt://127.0.0.1:7001?streamid=%F0%9F%8E%A5', { streamid: '🎥' }],
  ['srt://127.0.0.1:7001?mode=rendezvous&localport=7002', { uri: 'srt://127.0.0.1:7001?mode=rendezvous', localport: 7002 }],
  ['udp://239.1.1.1:5000?iface=eth0', { 'multicast-iface': 'eth0' }],
  ['rtp://[ff02::1]:5000?iface=lo', { 'multicast-iface': 'lo' }],
];
for (const [address, properties] of understood) {
  test(`understood by both: ${address}`, async (t) => {
    const source = parseLaunch(receiving(address).replace(/^\w+/, '$& name=peer')).find('peer');
    const sent = await sending(address);
    const name = [...sent.matchAll(/ name=(\w+)/g)].map(([, one]) => one).find((one) => one !== MUXER);
    const sink = parseLaunch(name === undefined ? `${sent} name=peer` : sent).find(name ?? 'peer');
    const read = (element: NativeElement | undefined): unknown[] => Object.keys(properties).map((name) => element?.get(name));
    t.deepEqual(read(source), Object.values(properties));
    t.deepEqual(read(sink), Object.values(properties));
  });
}

const passphrases: [written: string, meant: string][] = [
  ['correct+horse+battery', 'correct+horse+battery'],
  ['correct%2Bhorse%26battery', 'correct+horse&battery'],
  ['a b=c#d/e?f:g@h', 'a b=c#d/e?f:g@h'],
  ['ü'.repeat(39), 'ü'.repeat(39)],
];
for (const [written, meant] of passphrases) {
  // It can be set only, not read. That both ends agree is seen in test/publish, where pictures arrive.
  test(`one passphrase for both: ${written}`, async (t) => {
    const address = `srt://127.0.0.1:7001?passphrase=${written}`;
    for (const launch of [receiving(address), await sending(address)]) {
      t.true(launch.includes(` passphrase=${escapeLaunchValue(meant, 'passphrase=')} `), launch);
    }
  });
}

const logins: [written: string, login: string][] = [
  ['bob:p@ss@', 'bob:p%40ss@'],
  ['bob:p%40ss@', 'bob:p%40ss@'],
  ['me@example.org:p@@', 'me%40example.org:p%40@'],
  ['bob:100%:x@', 'bob:100%25:x@'],
  ['bob:ü[]@', 'bob:%C3%BC%5B%5D@'],
  ['', ''],
];
for (const [written, login] of logins) {
  test(`RTSP: the user ends at the last @ before the path: ${written}`, (t) => {
    const address = `rtsp://${written}[::1]:8554/a@b/c?d=e@f#g`;
    const source = parseLaunch(receiving(address).replace(/^\w+/, '$& name=peer')).find('peer');
    t.is(source?.get('location'), `rtsp://${login}[::1]:8554/a@b/c?d=e@f#g`);
    t.like(parseAddress(address), { login, host: '::1', port: 8554, path: '/a@b/c?d=e@f#g' });
  });
}

const refused: [address: string, sentence: RegExp][] = [
  ['srt://host', /^the address lacks a port\.\n {4}Write srt:\/\/HOST:PORT/],
  ['srt://host:70000', /^it is not an address like srt:\/\/HOST:PORT/],
  ['srt://host:0', /^it is not an address like/],
  ['srt:host:1', /^it is not an address like/],
  ['srt://:7001?mode=caller', /^the address lacks a host\./],
  ['srt://me:geheim@host:1', /^an srt address has no user\.\n {4}SRT has a `passphrase`/],
  ['srt://host:1/live', /^an srt address has no path\.\n {4}SRT names streams by a `streamid`/],
  ['srt://h:1?passphrase=geheim', /^"passphrase" of the address is not right\.\n {4}It has 10 to 79 bytes\./],
  [`srt://h:1?passphrase=${'ü'.repeat(40)}`, /^"passphrase" of the address is not right\./],
  ['srt://h:1?passphrase=geheim%00geheim', /^"passphrase" of the address is not right\./],
  ['srt://h:1?passphrse=geheimgeheim', /^the address has an unknown part "passphrse"\.\n {4}Did you mean "passphrase"\?/],
  ['srt://h:1?constructor=1', /^the address has an unknown part "constructor"/],
  ['srt://h:1?streamid=', /^"streamid" of the address is not right\./],
  ['srt://h:1?streamid=geheim&mode=geheim', /^"mode" of the address is not right\.\n {4}It is caller, listener or rendezvous\./],
  ['srt://h:1?pbkeylen=20', /^"pbkeylen" of the address is not right\./],
  ['srt://[fe80::1%eth0]:7001', /^the address names an interface \("%eth0"\) behind an IPv6 address, and GStreamer drops it\.\n {4}Use an address that needs none/],
  ['rtsp://[fe80::1%25eth0]/x', /^the address names an interface \("%25eth0"\)/],
  ['udp://[ff02::1%eth0]:5000', /for a multicast group write \?iface=NAME\./],
  ['udp://[::g]:5000', /^it is not an address like/],
  ['udp://h:1?x=1', /^the address has an unknown part "x"\.\n {4}There is: iface\./],
  ['udp://10.0.0.1:5000?iface=eth0', /^"iface" is for multicast groups\./],
  ['udp://239.1.1.1:5000?iface=eth0%20name%3Devil', /^"iface" of the address is not right\./],
  ['rtp://h:1/path', /^an rtp address has no path\./],
  ['udp://a b:1', /^it is not an address like/],
  ['rtsp:///x', /^the address lacks a host\./],
  ['rtsp://bob:geheim/1@host/x', /^it is not an address like .*\n {4}Signs such as \/, \? and # in names and passwords are written as %2F/],
  ['rtsp://bob:geheim@host/a b', /^it is not an address like/],
  ['rtsp://host:99999/x', /^it is not an address like/],
  ['rtsp://bob:geheim\ud800@host/x', /control character/],
];
for (const [address, sentence] of refused) {
  test(`refused by both, alike: ${JSON.stringify(address)}`, async (t) => {
    const received = t.throws(() => receiving(address), { instanceOf: GstIplError, code: 'bad-option' });
    const sent = await t.throwsAsync(async () => await sending(address), { instanceOf: GstIplError, code: 'bad-option' });
    t.regex(received?.describe() ?? '', sentence);
    t.is(sent?.describe(), received?.describe());
    t.notRegex(received?.describe() ?? '', /geheim/);
  });
}

test('what an address shows to people has no secret part', (t) => {
  const shown = (text: string): string => {
    const { scheme = '', rest = '' } = splitScheme(text) ?? {};
    return publicText(readNetworkAddress(scheme, rest));
  };
  t.is(shown('rtsp://bob:geheim@[::1]:8554/live?token=geheim'), 'rtsp://[::1]:8554/live');
  t.is(shown('srt://:7001?passphrase=geheimgeheim&streamid=geheim'), 'srt://:7001');
});
