/** What is made anew again and again while a program runs for months: each `once` makes it and lets it go. */
import { lastValueFrom, toArray } from 'rxjs';
import { source } from '../../plugin';
import { GstPipeline } from '../../plugin/gstreamer/pipeline';
import { load, runToEnd } from '../support/run-graph';

const CAMERA = 'video/x-raw,format=I420,width=64,height=48,framerate=30/1';

/** A pipeline whose camera refuses. */
export async function deadCamera(): Promise<void> {
  const pipeline = new GstPipeline('rtspsrc location=rtsp://127.0.0.1:9/none ! decodebin ! fakesink');
  const failed = new Promise((resolve) => pipeline.events.subscribe(({ type }) => type === 'error' && resolve(undefined)));
  void pipeline.prepare();
  await failed;
  await pipeline.stop();
}

/** A source that gives two pictures. */
export async function endingSource(): Promise<void> {
  const frames = await lastValueFrom(source(`videotestsrc num-buffers=2 ! ${CAMERA}`).pipe(toArray()));
  if (frames.length !== 2) throw new Error(`${frames.length} frames`);
}

/** A graph with a fusion, a recording, a page and a sink. @param folder where it records */
export async function graphRun(folder: string): Promise<() => Promise<void>> {
  const graph = await load(`nodes:
  under: { use: source, launch: "videotestsrc num-buffers=3 ! ${CAMERA}" }
  mid: { use: source, launch: "videotestsrc num-buffers=3 ! ${CAMERA}" }
  set: { use: sync, from: [under, mid] }
  fused: { use: ipl, from: set, threads: 2, align: auto }
  files: { use: record, from: fused, to: ${folder}, preset: ultrafast, keep: 1MB }
  page: { use: preview, from: fused, listen: 0 }
  screen: { use: sink, from: fused, launch: fakesink }
`);
  return async () => {
    const { error } = await runToEnd(graph);
    if (error) throw error;
  };
}
