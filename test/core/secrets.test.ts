/** Every way in which people write secrets, through everything that shows text: none comes out. */
import test from 'ava';
import { GraphError, GstIplError, launch, parseGraphText } from '../../plugin';
import { describePlan } from '../../plugin/graph/describe';
import { publicValue } from '../../plugin/core/secrets/public-value';
import { redact } from '../../plugin/core/secrets/redact';

/** Parts of it, too, must not come out. */
const S = 's3cr3t';

/** Passwords as cameras allow them. `S` stands on both sides of each sign. */
const SIGNS = ['', '<', '>', '"', "'", ' ', '@', ':', '/', '?', '#', '&', '%', '!', '$', '(', '[', '{', '\\', ',', ';', '=', '+', '*', '|', '^', '`', '~', ' and ', '" x="', '<a>', '%40', ' @'];

const addresses = [
  ...SIGNS.map((sign) => `rtsp://bob:${S}${sign}${S}@10.0.0.7:554/cam`),
  ...['', '<', '"', ' ', '@'].flatMap((sign) => [`http://bob:${S}${sign}${S}@host/x.m3u8`, `rtsps://${S}${sign}${S}@host`]),
  `rtsp://10.0.0.7:554/user=admin_password=${S}_channel=1_stream=0.sdp?real_stream`,
  `rtsp://10.0.0.7:554/user=${S}&password=${S}&channel=1&stream=0.sdp?`,
  `rtsp://10.0.0.7/live/user=${S}_password=${S}_${S}_channel=1`,
  `rtsp://10.0.0.7/cam?channel=1&password=${S}`,
  `rtsp://10.0.0.7/?user=${S}&pwd=${S}<${S}`,
  `rtsps://10.0.0.7:7441/A${S}Bd2fGh4JkL9?enableSrtp`,
  `rtmp://live.example.org/app/${S}`,
  `rtmps://live.example.org:443/rtmp/FB-${S}-0-Abx?s_bl=1&a=${S}`,
  `rtmp://h/app/${S}/${S} live=1 pubUser=${S} pubPasswd=${S}`,
  `srt://h:7001?mode=caller&passphrase=${S}${S}&latency=80`,
  `srt://h:7001?passphrase=${S}<${S}`,
  `srt://h:7001?passphrase=${S}"${S}&latency=80`,
  `srt://h:7001?streamid=#!::u=${S},r=${S}`,
  `https://h/x?X-Amz-Signature=${S}&X-Amz-Credential=${S}`,
  `whip://h/endpoint?access_token=${S}`,
];

for (const address of addresses) {
  test(`an address keeps its secrets: ${address}`, (t) => {
    const host = /^[a-z]+/.exec(address)?.[0] ?? '';
    const shown = [
      publicValue(address),
      redact(`Node "a": the address "${address}" does not answer.`),
      redact(`Cannot open ${address}`),
      redact(JSON.stringify({ uri: address, after: 1 })),
      redact(launch`rtspsrc name=a location=${address} latency=100 ! decodebin`),
      redact(launch`rtspsrc location="${address}" latency=100`),
      new GstIplError('bad-option', `"${address}" is none.`, { hint: `Try ${address}` }).describe(),
    ];
    for (const text of shown) {
      t.false(text.includes(S), text);
      t.true(text.includes(`${host}://`), text);
    }
  });
}

for (const text of [
  `X-Api-Key: ${S}`, `x-auth-token:${S}`, `extra-headers="h,X-Api-Key=${S}"`, `extra-headers="headers,x-api-key=(string)\\"${S} ${S}\\"" x=1`, `Cookie: id=${S}; b=${S}`, `Authorization: ${S}`,
  `Authorization: Digest username="${S}", response="${S}"`, `Authorization: Bearer ${S}`, `{"X-Api-Key":"${S}"}`, `whipsink auth-token=${S}`, `kvssink access-key=${S} secret-key="${S} x"`, `souphttpsrc cookies="a=${S}"`,
  `rtspsrc user-id=bob user-pw=${S}<${S}`, `srtsink passphrase=${S}"${S} latency=5`, `stream-key=${S}`,
]) {
  test(`other text keeps its secrets: ${text}`, (t) => void t.false(redact(text).includes(S), redact(text)));
}

for (const text of [
  'Write rtsp://HOST[:PORT]/PATH, or srt://:PORT to be called.', 'rtsp://camera/live?channel=1 and me@example.org', 'rtspsrc location=rtsp://camera ! textoverlay text=me@example.org', 'x264enc pass=qual key-int-max=30',
  'The token file /x/token cannot be read.', 'Say the token: it is asked for.', 'http://127.0.0.1:8080/api/pictures?after=7&streams=0', 'file:///home/me/user@work/A1b2C3d4E5f6G7h8/film.mp4', 'http://h/2026-11-29T14-00-00Z.mp4',
  'rtsp://10.0.0.7:554/Streaming/Channels/101',
]) {
  test(`what is no secret stays: ${text}`, (t) => {
    t.is(redact(text), text);
  });
}

test('an address that can be read shows all but its secrets, and one that cannot shows nothing', (t) => {
  t.is(publicValue(`rtsp://bob:${S}@10.0.0.7:554/cam?channel=1`), 'rtsp://***@10.0.0.7:554/cam?channel=1');
  t.is(publicValue(`srt://h:7001?passphrase=${S}1234&latency=80`), 'srt://h:7001?passphrase=***&latency=80');
  t.is(publicValue('rtmp://h/app/key'), 'rtmp://h/app/***');
  t.is(publicValue(`rtsp://bob:${S}/x y@h/`), 'rtsp://***');
  t.is(publicValue('film.mp4'), 'film.mp4');
});

test('what an option is refused for shows no secret', async (t) => {
  const problems = async (option: string): Promise<string> => {
    const text = `nodes:\n  a: { use: source, ${option} }\n  k: { use: sink, from: a, launch: fakesink }`;
    return (await t.throwsAsync<GstIplError>(parseGraphText(text, { dry: true })))?.describe() ?? '';
  };
  t.regex(await problems(`uri: "rtsp://bob:12${S}@h/x", play: loop`), /"rtsp:\/\/\*\*\*@h\/x" is live anyway/);
  t.regex(await problems(`uri: "http://bob:12/${S} ${S}@h/x"`), /the address "http:\/\/\*\*\*@h\/x" has the scheme/);
});

test('describe shows no secret, however it is written', async (t) => {
  const given = addresses.filter((text) => /^(rtsps?|srt):/.test(text));
  const params = given.map((address, index) => `  u${index}: ${JSON.stringify(address)}\n`).join('');
  const launched = given.map((_, index) => `  a${index}: { use: source, launch: 'rtspsrc location="\${u${index}}" latency=5 ! decodebin' }\n  k${index}: { use: sink, from: a${index}, launch: fakesink }\n`).join('');
  const { plan } = await parseGraphText(`params:\n${params}nodes:\n${launched}`, { dry: true });
  const text = describePlan(plan);
  t.false(text.includes(S), text);
  t.true((text.match(/latency=5/g) ?? []).length >= given.length, text);

  const asUris = (uris: readonly string[]): ReturnType<typeof parseGraphText> =>
    parseGraphText(`nodes:\n${uris.map((uri, index) => `  a${index}: { use: source, uri: ${JSON.stringify(uri)} }\n  k${index}: { use: sink, from: a${index}, launch: fakesink }\n`).join('')}`, { dry: true });
  const { problems } = await t.throwsAsync(asUris(given), { instanceOf: GraphError });
  for (const { message, hint } of problems) t.false(`${message} ${hint}`.includes(S), `${message} ${hint}`);
  // Each has two lines, behind the first of all.
  const refused = new Set(problems.map(({ place }) => Math.floor(((place?.line ?? 0) - 2) / 2)));
  const taken = given.filter((_, index) => !refused.has(index));
  t.true(refused.size > 0 && taken.length > 0, `${taken.length} of ${given.length} are taken`);
  const told = describePlan((await asUris(taken)).plan);
  t.false(told.includes(S), told);
});
