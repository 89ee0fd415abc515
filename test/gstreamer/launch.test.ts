/** Values in launch strings come out exactly, whatever is in them, and cannot become anything else. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { GstIplError, launch } from '../../plugin';
import { parseLaunch } from '../../plugin/gstreamer/binding';
import { elementsOf, nameElements } from '../../plugin/gstreamer/launch/launch';
import { patternFindings } from '../../plugin/gstreamer/launch/location-patterns';
import { temporaryFolder } from '../support/folder';
import { load, runToEnd } from '../support/run-graph';

const NASTY = [
  'a b', ' a', 'a ', 'a!b', 'a ! fakesink name=injected', '! fakesink name=injected', 'a name=injected', 'a; b', 'a,b', 'a=b', '(a)', '[a]', '{a}', '<a>',
  '"a', 'a"', 'a"b', '"a"', '"', '""', "'a", "a'", "'a'", 'a\\', '\\', '\\\\', '\\a', 'a\\ b', 'a\\"b', '"a\\"', '\\"', 'a\\n', '$a', '${a}', '$$', '`a`', '#a', '%d', '~', '-',
  '(int)3', 'x. ! y', 'src.', 'video/x-raw,width=3', 'üñ 日本 🙂', '🙂\\', '"日本"', 'a\u00a0b', 'a\u2028b', '\u3000', 'null', 'a" ! fakesink name="injected', 'a\\" ! fakesink name=injected',
];

/** An element whose property takes any text. */
const locationOf = (text: string): unknown => {
  const pipeline = parseLaunch(text);
  if (pipeline.find('injected')) return 'an element was injected';
  if (!pipeline.find('last')) return 'the next element was swallowed';
  return pipeline.find('wanted')?.get('location');
};

for (const value of [...NASTY, '']) {
  test(`value ${[...value].map((c) => (c === " " ? "␠" : escape(c))).join("")} arrives exactly`, (t) => {
    t.is(locationOf(launch`filesrc name=wanted location=${value} ! fakesink name="last"`), value);
    t.is(locationOf(launch`filesrc name=wanted location="${value}" ! fakesink name="last"`), value);
    t.is(locationOf(launch`fakesink name=last filesrc name=wanted location=${value}`), value);
    if (value.endsWith('\\')) {
      t.throws(() => launch`filesrc location=/x/${value} ! fakesink`, { instanceOf: GstIplError, message: /ends with a backslash/ });
    } else {
      t.is(locationOf(launch`filesrc name=wanted location=/x/${value} ! fakesink name="last"`), `/x/${value}`);
    }
    t.is(locationOf(launch`filesrc name=wanted location=/x/${value}/y ! fakesink name="last"`), `/x/${value}/y`);
  });
}

test('the value of a property is read from the text as GStreamer reads it', (t) => {
  const written = ['a\\ b', '"a b"', '\\"ü\\"', '\\"a', 'a\\"', '\\"a\\"b', '"a\\"b"', '"\\"a\\\\040b\\""', '\\"a\\ b\\"', ' =x', 'a\\\\b'].map((value) => `filesrc name=wanted location=${value} ! fakesink name=last`);
  const values = [...NASTY, ''].flatMap((value) => [launch`filesrc name=wanted location=${value} ! fakesink name="last"`, launch`filesrc name=wanted location = "${value}" ! fakesink name="last"`]);
  for (const text of [...written, ...values]) t.is(elementsOf(text)[0]?.properties.get('location'), locationOf(text) as string, text);
});

test('in the name of numbered files a value is a name, and the number is what the author of the graph wrote', (t) => {
  const wanted = (text: string, factory: string): unknown => {
    t.deepEqual(elementsOf(text)[0]?.properties.get('location'), parseLaunch(`${text} fakesink`).find('wanted')?.get('location'));
    t.deepEqual(patternFindings(text), [], text);
    return String(parseLaunch(`${text} fakesink`).find('wanted')?.get('location')).replace(/%(?:%|0?\d?d)/g, (part) => (part === '%%' ? '%' : `<${factory}>`));
  };
  for (const factory of ['multifilesrc', 'multifilesink', 'splitmuxsink', 'hlssink2', 'hlssink', 'imagesequencesrc']) {
    for (const value of ['%s%s%s%s.jpg', '%n%n', '100%', '%05d', '%%', 'a %d "b"', ...NASTY].filter((text) => !text.endsWith('\\'))) {
      t.is(wanted(launch`${factory} name=wanted location=${value}-%03d.jpg`, factory), `${value}-<${factory}>.jpg`);
      t.is(wanted(launch`${factory} name=wanted location="/x/${value}"`, factory), `/x/${value}`);
      t.is(wanted(launch`${factory} name=wanted location=${value}`, factory), value);
    }
  }
  t.is(locationOf(launch`filesrc name=wanted location=${'%s%d'} ! fakesink name=last`), '%s%d');
});

for (const pattern of ['%s', '%s%s%s%s.jpg', '%n', '%d-%d', '%5$d', '%*d', '%ld', '%999999999d', '%d%', '%.9999d', 'a%', '% s', '%hhn']) {
  test(`a name that would crash what numbers files is refused in code, too: ${pattern}`, (t) => {
    t.throws(() => parseLaunch(`fakesrc ! multifilesink location="/tmp/${pattern}"`), { instanceOf: GstIplError, code: 'bad-launch', message: /^multifilesink cannot number files by / });
    t.throws(() => parseLaunch(`uridecodebin uri="imagesequence:///tmp/${encodeURIComponent(pattern)}"`), { instanceOf: GstIplError, code: 'bad-launch' });
  });
}
for (const pattern of ['%d', 'a-%05d.jpg', '100%%-%d', 'plain', '%u', '%-5d', '%x']) {
  test(`a name with one number at most is right: ${pattern}`, (t) => void t.notThrows(() => parseLaunch(`fakesrc ! multifilesink location="/tmp/${pattern}"`)));
}

test('in caps a value is one word', (t) => {
  const capsOfIt = (text: string): string => String(parseLaunch(`${text} ! fakesink`).find('wanted')?.get('caps'));
  t.is(capsOfIt(launch`capsfilter name=wanted caps="video/x-raw,width=${64},framerate=(fraction)${'30/1'},format=${'NV12'}"`), 'video/x-raw, width=(int)64, framerate=(fraction)30/1, format=(string)NV12');
  t.is(capsOfIt(launch`capsfilter name=wanted caps="${'video/x-raw,width=64'}"`), 'video/x-raw, width=(int)64');
  for (const value of ['64,format=RGB', '64;audio/x-raw', '[1,64]', '{1,64}', '(int)64', '64 ! fakesink', '64"', '', ' 64', '64\\,x']) {
    for (const place of [
      () => launch`capsfilter caps="video/x-raw,width=${value}"`,
      () => launch`capsfilter caps=video/x-raw,width=${value} ! fakesink`,
      () => launch`capsfilter caps="video/x-raw, width = ${value},height=5" ! fakesink`,
      () => launch`videotestsrc ! video/x-raw,width=${value} ! fakesink`,
      () => launch`videotestsrc ! video/x-raw, width=${value}, height=3 ! fakesink`,
      () => launch`videotestsrc ! video/x-raw(${value}),height=3 ! fakesink`,
      () => launch`decodebin : video/x-raw,width=${value} ! fakesink`,
      () => launch`v4l2src extra-controls="c,a=${value}" ! fakesink`,
    ]) {
      t.throws(place, { instanceOf: GstIplError, code: 'bad-option', message: /cannot be a part of caps/ }, value);
    }
  }
});

test('control characters are refused', (t) => {
  for (const value of ['a\nb', 'a\0', '\t']) t.throws(() => launch`filesrc location=${value}`, { instanceOf: GstIplError, message: /line break or control character/ });
});

test('parameters of a graph reach files of any name, and add nothing to it', async (t) => {
  const folder = temporaryFolder();
  const names = NASTY.filter((name) => !name.includes('/') && !name.endsWith('\\')).map((name) => `${name}.raw`);
  for (const name of names.slice(0, 12)) {
    writeFileSync(path.join(folder, name), `${name} `.repeat(100));
    const out = path.join(folder, `copy of ${name}`);
    const graph = await load(
      'params: { in: , out: }\nnodes:\n' +
        '  a: { use: source, launch: "filesrc location=${in} blocksize=65536 ! rawvideoparse format=gray8 width=8 height=8" }\n' +
        '  k: { use: sink, from: a, launch: "filesink location=\\"${out}\\"" }',
      { in: path.join(folder, name), out },
    );
    const { error } = await runToEnd(graph);
    t.is(error, undefined);
    const whole = readFileSync(path.join(folder, name));
    t.true(existsSync(out), name);
    t.deepEqual(readFileSync(out), whole.subarray(0, Math.floor(whole.length / 64) * 64));
  }
  t.is(readdirSync(folder).length, 24);
});

test('a dollar sign is written twice', async (t) => {
  const graph = await load('nodes:\n  a: { use: source, launch: "videotestsrc name=x num-buffers=1 ! textoverlay text=5$$" }\n  k: { use: sink, from: a, launch: fakesink }');
  t.regex(graph.plan.pipelines[0]?.launch ?? '', /text=5\$ /);
});

test('elements are found among caps, properties, pads and names', (t) => {
  const names = (text: string): string[] => elementsOf(text).map(({ factory }) => factory);
  t.deepEqual(names('filesrc location=a ! decodebin name=d d. ! queue ! video/x-raw, format = (string) I420 ! fakesink'), ['filesrc', 'decodebin', 'queue', 'fakesink']);
  t.deepEqual(names('filesrc location = "a ! b" ! tee name=t t.src_0 ! fakesink'), ['filesrc', 'tee', 'fakesink']);
  t.deepEqual(names('filesrc location=a!b ! textoverlay text=Hi! ! overlay.sink x::y=3 fakesink'), ['filesrc', 'textoverlay', 'fakesink']);
  t.deepEqual(names('videotestsrc!videoconvert!fakesink'), ['videotestsrc', 'videoconvert', 'fakesink']);
  t.deepEqual(names('capsfilter caps="video/x-raw,format=I420" ! identity'), ['capsfilter', 'identity']);
});

for (const text of [
  'videotestsrc!videoconvert ! fakesink',
  'filesrc location=a!b ! fakesink',
  'filesrc location = "a ! b" ! fakesink sync = false',
  'videotestsrc name = mine ! video/x-raw, width = 64 ! tee name="t" t. ! queue ! fakesink t.src_7 ! queue ! fakesink',
  '( videotestsrc ! identity ) ! fakesink',
  'videotestsrc ! video/x-raw(memory:SystemMemory),format=I420 ! fakesink',
]) {
  test(`elements can be named in "${text}", and GStreamer knows them by these names`, (t) => {
    t.notThrows(() => parseLaunch(text));
    const { launch: named, names } = nameElements(text, 'node');
    const pipeline = parseLaunch(named);
    for (const name of names) t.truthy(pipeline.find(name), name);
    t.is(names.length, elementsOf(text).length);
  });
}
