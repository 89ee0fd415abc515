/** The public API as a user's compiler sees it. */
import type { Observable } from 'rxjs';
import { describe, expect, test } from 'tstyche';
import {
  alternate,
  createGraph,
  defineElement,
  durationOption,
  gstFilter,
  ipl,
  launch,
  launchOption,
  loadGraph,
  NO_INPUT,
  numberOption,
  ONE_STREAM,
  processQueued,
  publish,
  record,
  sink,
  source,
  sources,
  sync,
  type AlternateOptions,
  type Controls,
  type ExposureSet,
  type Frame,
  type Graph,
  type GraphEvent,
  type GraphInCode,
  type IplOptions,
  type PublishOptions,
  type RecordOptions,
  type RunningGraph,
  type SourceNodeOptions,
  type SyncOptions,
} from '../../plugin';

describe('stages', () => {
  test('a source gives frames, and several keep their names', () => {
    expect(source('videotestsrc')).type.toBe<Observable<Frame>>();
    expect(sources({ under: 'videotestsrc', over: launch`filesrc location=${'a b'}` })).type.toBe<Record<'under' | 'over', Observable<Frame>>>();
    expect(sources({ under: 'videotestsrc' })).type.not.toHaveProperty('mid');
  });

  test('sync makes sets of frames, and ipl frames of sets', () => {
    const frames = source('videotestsrc');
    expect(sync([frames, frames], { tolerance: '8ms', wait: 5n })).type.toBe<Observable<ExposureSet>>();
    expect(sync([frames, frames]).pipe(ipl({ order: ['a', 'b'] }))).type.toBe<Observable<Frame>>();
    expect(sync([frames, frames]).pipe(ipl(), gstFilter('identity'), sink('fakesink'))).type.toBe<Observable<Frame>>();
  });

  test('what does not fit together is refused', () => {
    const frames = source('videotestsrc');
    expect(frames.pipe).type.not.toBeCallableWith(ipl());
    expect(sync([frames, frames]).pipe).type.not.toBeCallableWith(sink('fakesink'));
    expect(sync).type.not.toBeCallableWith([frames], { tolerence: '8ms' });
    expect(sync).type.not.toBeCallableWith([frames], { tolerance: 8 });
  });

  test('queued work keeps its types', () => {
    expect(source('videotestsrc').pipe(processQueued(async (frame: Frame) => frame.caps.width))).type.toBe<Observable<number>>();
    expect(source('videotestsrc').pipe(processQueued(async (): Promise<string | undefined> => undefined))).type.toBe<Observable<string>>();
  });
});

describe('options', () => {
  type Queue = 'block' | 'drop-oldest' | 'drop-newest' | { readonly capacity?: number; readonly policy?: 'block' | 'drop-oldest' | 'drop-newest' };

  test('of queues, times, choices and lists say what may be written', () => {
    expect<SyncOptions['queue']>().type.toBe<Queue | undefined>();
    expect<IplOptions['queue']>().type.toBe<Queue | undefined>();
    expect<RecordOptions['queue']>().type.toBe<Queue | undefined>();
    expect<PublishOptions['queue']>().type.toBe<Queue | undefined>();
    expect<SyncOptions['late']>().type.toBe<'wait' | 'skip' | 'degrade' | undefined>();
    expect<SyncOptions['offsets']>().type.toBe<Readonly<Record<string, string | bigint>> | undefined>();
    expect<AlternateOptions['exposures']>().type.toBe<'auto' | readonly string[] | undefined>();
    expect<AlternateOptions['output']>().type.toBe<'cycle' | 'frame' | undefined>();
    expect<RecordOptions['segment']>().type.toBe<string | bigint | undefined>();
    expect<SourceNodeOptions['restart']>().type.toBeAssignableFrom<{ silence: '2s' } | 'never'>();
    expect<Partial<Controls>>().type.toBeAssignableFrom<{ strength: number; freeze: true }>();
  });

  test('that do not exist, lack or do not fit are refused', () => {
    expect(ipl).type.not.toBeCallableWith({ queue: { capacity: '2' } });
    expect(ipl).type.not.toBeCallableWith({ queue: 'drop' });
    expect(alternate).type.not.toBeCallableWith({ output: 'rounds' });
    expect(record).type.not.toBeCallableWith({ segment: '1min' });
    expect(record).type.not.toBeCallableWith({ to: 'x', audio: 'camera' });
    expect(publish).type.not.toBeCallableWith({ to: 'srt://:7001', codec: 'vp9' });
    expect(source).type.not.toBeCallableWith({ url: 'rtsp://10.0.0.12/stream1' });
  });

  test('make streams of the kinds that belong there', () => {
    const camera = source({ uri: 'rtsp://10.0.0.12/stream1', restart: { silence: '2s' } });
    expect(camera).type.toBe<Observable<Frame>>();
    expect(sources({ under: { uri: 'under.mp4' }, over: 'videotestsrc' })).type.toBe<Record<'under' | 'over', Observable<Frame>>>();
    expect(camera.pipe(record({ to: 'recordings', keep: ['50GB', '7d'] }))).type.toBe<Observable<Frame>>();
    expect(camera.pipe(alternate({ exposures: ['under', 'over'] }), ipl(), publish({ to: 'srt://:7001' }))).type.toBe<Observable<Frame>>();
  });
});

describe('frames', () => {
  test('are read-only, with times as bigint', () => {
    expect<Frame['runningTime']>().type.toBe<bigint>();
    expect<Frame['duration']>().type.toBe<bigint | undefined>();
    expect<Frame>().type.toBeAssignableTo<{ readonly kind: 'frame'; readonly payload: Uint8Array }>();
    expect<ExposureSet['frames']>().type.toBe<readonly Frame[]>();
  });
});

describe('elements of one\'s own', () => {
  test('options have the types of their table', () => {
    defineElement({
      kind: 'stage',
      name: 'mine',
      summary: '',
      input: ONE_STREAM,
      output: 'frames',
      options: { level: numberOption({ summary: '', default: 1, min: 0, max: 2 }), wait: durationOption({ summary: '', default: 0n }) },
      example: '',
      create: ({ level, wait }, { warn }) => {
        expect(level).type.toBe<number>();
        expect(wait).type.toBe<bigint | undefined>();
        expect(warn).type.toBe<(message: string) => void>();
        return { connect: ([input]) => input! };
      },
    });
    defineElement({
      kind: 'fragment',
      name: 'other',
      summary: '',
      input: NO_INPUT,
      output: 'frames',
      options: { launch: launchOption('') },
      example: '',
      launch: (options) => {
        expect(options.launch).type.toBe<string>();
        return options.launch;
      },
    });
  });

  test('a stage without create is refused', () => {
    expect(defineElement).type.not.toBeCallableWith({ kind: 'stage', name: 'x', summary: '', input: ONE_STREAM, output: 'frames', options: {}, example: '' });
  });
});

describe('graphs', () => {
  test('run as events', () => {
    expect(loadGraph('graph.yaml', { params: { out: 'x' } })).type.toBe<Promise<Graph>>();
    expect<ReturnType<Graph['run']>>().type.toBe<RunningGraph>();
    expect<RunningGraph['events']>().type.toBe<Observable<GraphEvent>>();
    expect<Extract<GraphEvent, { type: 'frame' }>['runningTime']>().type.toBe<bigint>();
  });
  test('in code know the options of every element, and take those of one\'s own', () => {
    expect(createGraph({
      nodes: {
        camera: { use: 'source', uri: 'rtsp://10.0.0.12/stream1' },
        mine: { use: './mine.ts', from: 'camera', level: 3 },
        page: { use: 'preview', from: ['mine', 'camera'], listen: 8080 },
        archive: { use: 'record', from: 'mine', to: 'recordings', keep: '50GB', queue: 'drop-oldest' },
      },
    })).type.toBe<Promise<Graph>>();
    expect<GraphInCode['nodes'][string]>().type.not.toBeAssignableFrom<{ use: 'record'; from: 'a'; keep: '1GB' }>();
    expect<GraphInCode['nodes'][string]>().type.not.toBeAssignableFrom<{ use: 'sync'; from: ['a', 'b']; late: 'never' }>();
    expect<GraphInCode['nodes'][string]>().type.not.toBeAssignableFrom<{ use: 'mine' }>();
    expect<GraphInCode<{ use: 'mine' }>['nodes'][string]>().type.toBeAssignableFrom<{ use: 'mine' }>();
  });

  test('end by a signal, or where a block is left', () => {
    expect<Graph['run']>().type.toBeCallableWith({ signal: new AbortController().signal });
    expect<RunningGraph>().type.toBeAssignableTo<AsyncDisposable>();
  });
});
