/** What is read of packets that are passed through, against what ffmpeg makes of them. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { MILLISECOND } from '../../plugin/core/time';
import { outOfAdts, readAac } from '../../plugin/gstreamer/sound/aac';
import { encodedPacket, nameOfSound, packetFormat } from '../../plugin/gstreamer/sound/encoded-packet';
import { opusDuration, opusSilence } from '../../plugin/gstreamer/sound/opus';
import { temporaryFolder } from '../support/folder';

const aac = (config: string): string => `audio/mpeg, mpegversion=(int)4, framed=(boolean)true, stream-format=(string)raw, codec_data=(buffer)${config}, rate=(int)48000, channels=(int)2`;

/** A packet with the header that it has in a stream of its own. */
function adts(packet: Buffer, channels: number): Buffer {
  const length = packet.length + 7;
  return Buffer.from([0xff, 0xf1, (1 << 6) | (3 << 2) | (channels >> 2), ((channels & 3) << 6) | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc, ...packet]);
}

for (const channels of [1, 2, 3, 4, 5, 6, 7]) {
  test(`AAC: a packet of silence for channel configuration ${channels} is one to a decoder`, (t) => {
    const config = Buffer.from([0x11, 0x80 | (channels << 3)]);
    const silence = readAac(config)?.silence ?? Buffer.alloc(0);
    const stream = Buffer.concat(Array.from({ length: 10 }, () => adts(silence, channels)));
    const samples = execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-err_detect', 'explode', '-f', 'aac', '-i', '-', '-f', 's16le', '-'], { input: stream, stdio: ['pipe', 'pipe', 'pipe'] });
    t.is(samples.length, 10 * 1024 * 2 * (channels === 7 ? 8 : channels));
    t.true(samples.every((byte) => byte === 0));
  });
}

test('AAC: out of ADTS come the very packets, and what the header said', (t) => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'sound.aac');
  execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=r=44100:d=1', '-ac', '1', '-c:a', 'aac', file]);
  const bytes = readFileSync(file);
  const length = ((bytes.readUInt8(3) & 3) << 11) | (bytes.readUInt8(4) << 3) | (bytes.readUInt8(5) >> 5);
  const { payload, config } = outOfAdts(bytes.subarray(0, length));
  t.deepEqual(payload, bytes.subarray(7, length));
  t.is(config.toString('hex'), '1208');
  const crc = Buffer.from([0xff, 0xf0, 0x4c, 0x80, 0x02, 0x00, 0x00, 0xaa, 0xbb, 0x21]);
  t.is(outOfAdts(crc).payload.toString('hex'), '21');
  const packet = encodedPacket(bytes.subarray(0, length), 'audio/mpeg, framed=(boolean)true, mpegversion=(int)2, rate=(int)44100, channels=(int)1, stream-format=(string)adts');
  t.is(packet.caps, 'audio/mpeg,mpegversion=(int)4,framed=(boolean)true,stream-format=(string)raw,rate=(int)44100,channels=(int)1,codec_data=(buffer)1208');
  t.is(packet.duration, 23_219_954n);
});

test('AAC: what its configuration says (ISO/IEC 14496-3, 1.6.2.1)', (t) => {
  const facts = (hex: string): unknown => {
    const { plain, rate, samples } = readAac(Buffer.from(hex, 'hex')) ?? {};
    return [plain, rate, samples];
  };
  t.deepEqual(facts('1190'), [true, 48_000, 1024]); // LC
  t.deepEqual(facts('118856e500'), [true, 48_000, 1024]); // LC that says that it has no SBR
  t.deepEqual(facts('1194'), [false, 48_000, 960]);
  t.deepEqual(facts('2b118800'), [false, 24_000, 1024]); // HE-AAC: a core of half the rate
  t.deepEqual(facts('17800bb810'), [false, 6000, 1024]); // A rate that ADTS has no number for
  t.deepEqual(facts('1180'), [undefined, undefined, undefined]); // Channels that only packets name
  t.deepEqual(facts(''), [undefined, undefined, undefined]);
});

test('Opus: how long a packet lasts (RFC 6716, 3.1)', (t) => {
  const lengths: [bytes: number[], tenths: bigint][] = [
    [[0xf8, 0xff, 0xfe], 200n], [[0x18], 600n], [[0x60], 100n], [[0x68], 200n], [[0x80], 25n], [[0xf9], 400n], [[0xfa], 400n], [[0xfb, 0x03], 600n], [[0x08], 200n],
  ];
  for (const [bytes, tenths] of lengths) t.is(opusDuration(Buffer.from(bytes)), (tenths * MILLISECOND) / 10n, String(bytes));
  t.is(opusSilence(1).toString('hex'), 'f8fffe');
  t.is(opusSilence(2).toString('hex'), 'f802fffef8fffe');
});

test('sound that cannot be passed on has a name', (t) => {
  const names: [caps: string, name: string][] = [
    ['audio/mpeg, mpegversion=(int)1, mpegaudioversion=(int)1, layer=(int)3, rate=(int)48000', 'MP3'],
    ['audio/mpeg, mpegversion=(int)1, layer=(int)2', 'MPEG audio, layer 2'],
    ['audio/mpeg, mpegversion=(int)4, framed=(boolean)true, stream-format=(string)loas', 'AAC in LATM'],
    ['audio/x-alaw, rate=(int)8000, channels=(int)1', 'G.711 (A-law)'],
    ['audio/x-raw(memory:DMABuf), format=(string)S16LE', 'not encoded'],
    ['audio/x-unheard, rate=(int)1', 'audio/x-unheard'],
  ];
  for (const [caps, name] of names) {
    t.is(nameOfSound(caps), name);
    t.is(packetFormat(caps), undefined);
  }
  t.like(packetFormat(aac('2b118800')), { codec: 'aac', inTransportStreams: false });
  t.like(packetFormat(aac('1190')), { codec: 'aac', inTransportStreams: true });
});
