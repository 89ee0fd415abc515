/** The public API as a user's compiler sees it. */
import type { Observable } from 'rxjs';
import { describe, expect, test } from 'tstyche';
import {
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
  sink,
  source,
  sources,
  sync,
  type ExposureSet,
  type Frame,
  type Graph,
  type GraphEvent,
  type RunningGraph,
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
});
