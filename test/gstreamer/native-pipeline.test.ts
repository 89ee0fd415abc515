/** Values of GStreamer as JavaScript's, and elements that are found in bins. */
import koffi from 'koffi';
import test from 'ava';
import { elementsOf } from '../../plugin/gstreamer/native/native-iterator';
import type { BusMessage } from '../../plugin/gstreamer/native/bus-message';
import { NativePipeline } from '../../plugin/gstreamer/native/native-pipeline';
import { loadLibrary, type Library, type Pointer } from '../../plugin/gstreamer/native/library';

const library = loadLibrary();

/** What a property of an element in a launch string is. */
async function valueOf(launch: string, property: string): Promise<unknown> {
  const pipeline = new NativePipeline(library, `${launch} name=it  fakesink`);
  const value = pipeline.find('it')?.get(property);
  await pipeline.stop();
  pipeline.release();
  return value;
}

const values: [launch: string, property: string, value: unknown][] = [
  ['videotestsrc is-live=true', 'is-live', true],
  ['videotestsrc', 'is-live', false],
  ['videotestsrc num-buffers=-1', 'num-buffers', -1],
  ['queue max-size-buffers=4294967295', 'max-size-buffers', 4_294_967_295],
  ['queue max-size-time=18446744073709551615', 'max-size-time', '18446744073709551615'],
  ['videotestsrc timestamp-offset=9007199254740993', 'timestamp-offset', '9007199254740993'],
  ['identity drop-probability=0.5', 'drop-probability', 0.5],
  ['videobalance contrast=1.25', 'contrast', 1.25],
  ['filesrc location=ä.mp4', 'location', 'ä.mp4'],
  ['filesrc', 'location', null],
  ['videotestsrc pattern=ball', 'pattern', 'Moving ball'],
  ['capsfilter caps=video/x-raw,width=1', 'caps', 'video/x-raw, width=(int)1'],
  ['imagefreeze', 'no-such-property', undefined],
];
for (const [launch, property, value] of values) {
  test.serial(`${property} of ${launch} is ${JSON.stringify(value)}`, async (t) => t.deepEqual(await valueOf(launch, property), value));
}

test.serial('properties are set as in a launch string', async (t) => {
  const pipeline = new NativePipeline(library, 'videotestsrc name=it  fakesink');
  const element = pipeline.find('it');
  element?.set('pattern', 'snow');
  element?.set('timestamp-offset', '9007199254740993');
  t.deepEqual(['pattern', 'timestamp-offset'].map((name) => element?.get(name)), ['Random (television snow)', '9007199254740993']);
  t.deepEqual([element?.has('pattern'), element?.has('patern')], [true, false]);
  await pipeline.stop();
  pipeline.release();
});

test.serial('elements of a kind are found in bins in bins, each once, and are the same as by name', async (t) => {
  const pipeline = new NativePipeline(library, 'videotestsrc ! queue name=a ! bin.( name=x queue name=b ! bin.( name=y queue name=c ) ) ! fakesink');
  const found = pipeline.findAll('queue');
  t.deepEqual(found.map((element) => element.get('name')).sort(), ['a', 'b', 'c']);
  t.true(found.includes(pipeline.find('c') as (typeof found)[number]));
  t.deepEqual(new Set(pipeline.findAll('queue')), new Set(found));
  t.deepEqual(pipeline.findAll('tee'), []);
  await pipeline.stop();
  pipeline.release();
});

test.serial('who looks for elements holds one reference to each', (t) => {
  const error: [Pointer | null] = [null];
  const bin = library.gst_parse_launch('fakesrc ! queue name=a ! fakesink', error) as Pointer;
  const [queue] = elementsOf(library, bin, 'queue');
  if (queue === undefined) return t.fail();
  const references = (): number => koffi.decode(queue, 8, 'unsigned int') as number; // A GObject: its class, its count.
  t.is(references(), 2);
  elementsOf(library, bin, 'queue');
  t.is(references(), 3);
});

/** Counts references that are taken and given back. */
function counting(): { library: Library; held: () => number } {
  const takes = ['gst_bin_new', 'gst_bin_get_by_name', 'gst_object_ref', 'gst_object_ref_sink', 'gst_element_get_bus'];
  let held = 0;
  const counted = new Proxy(library, {
    get: (target, name: keyof Library) => {
      const by = takes.includes(name) ? 1 : name === 'gst_object_unref' ? -1 : 0;
      if (by === 0) return target[name];
      return (...values: unknown[]) => {
        const result: unknown = (target[name] as (...given: unknown[]) => unknown)(...values);
        if (by < 0 || result !== null) held += by;
        return result;
      };
    },
  });
  return { library: counted, held: () => held };
}

test.serial('every reference is given back, however often elements are looked for', async (t) => {
  const { library: counted, held } = counting();
  const pipeline = new NativePipeline(counted, 'videotestsrc name=it ! queue name=a ! fakesink');
  for (let time = 0; time < 3; time += 1) {
    t.truthy(pipeline.find('it'));
    t.is(pipeline.find('nobody'), undefined);
    t.is(pipeline.findAll('queue').length, 1);
  }
  t.is(held(), 4, 'the pipeline, its bus and two elements');
  await pipeline.stop();
  pipeline.release();
  t.is(held(), 0);
});

test.serial('a message of the bus: its type, its source, its fields; an error with its sentence', async (t) => {
  const pipeline = new NativePipeline(library, 'filesrc name=reader location=/nowhere ! fakesink');
  const messages: BusMessage[] = [];
  const failed = new Promise<void>((resolve) => pipeline.listen((message) => messages.push(message) && message.type === 'error' && resolve()));
  t.false(await pipeline.pause());
  await failed;
  await pipeline.stop();
  pipeline.release();
  const error = messages.find(({ type }) => type === 'error');
  t.like(error, { _src_element_name: 'reader', message: 'Resource not found.' });
  t.regex(error?.name ?? '', /^\/GstPipeline:pipeline\d+\/GstFileSrc:reader$/);
  t.regex(error?.debug ?? '', /No such file "\/nowhere"$/);
  t.like(messages.find(({ type }) => type === 'state-changed'), { 'old-state': 'GST_STATE_NULL' });
});

test.serial('a warning has its sentence and the path of its element, as an error has', async (t) => {
  const pipeline = new NativePipeline(library, 'videotestsrc num-buffers=2 ! decodebin ! audioconvert ! fakesink');
  const warning = await new Promise<BusMessage>((resolve) => {
    pipeline.listen((message) => {
      if (message.type === 'warning') resolve(message);
    });
    void pipeline.play();
  });
  await pipeline.stop();
  pipeline.release();
  t.regex(warning.message ?? '', /linking failed/);
  t.regex(warning.name ?? '', /^\/GstPipeline:/);
});

test.serial('what is on the bus when it is asked for has been heard when that resolves; a stop lets nobody wait', async (t) => {
  const pipeline = new NativePipeline(library, 'filesrc location=/does/not/exist ! fakesink');
  const types: string[] = [];
  pipeline.listen(({ type }) => types.push(type));
  t.false(await pipeline.play());
  await pipeline.caughtUp();
  t.true(types.includes('error'), types.join());
  t.false(types.includes('application'));
  const waits = pipeline.caughtUp();
  await pipeline.stop();
  await waits;
  await pipeline.caughtUp();
  pipeline.release();
});
