/** The text of a first graph file, from what somebody says of their exposures. */
import { GstIplError } from '../core/errors';

export interface FirstGraph {
  /** Two to five, from the darkest to the brightest: files, addresses, devices, or `test` for GStreamer's own pictures. */
  readonly sources: readonly string[];
  /** A file, an address, `page` for the browser, or `screen`. */
  readonly output: string;
}

const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
const NAMES: Readonly<Record<number, readonly string[]>> = {
  2: ['under', 'over'],
  3: ['under', 'mid', 'over'],
  4: ['under', 'dark', 'bright', 'over'],
  5: ['under', 'dark', 'mid', 'bright', 'over'],
};

/** @throws GstIplError `bad-usage` */
export function firstGraph({ sources, output }: FirstGraph): string {
  const names = NAMES[sources.length];
  if (!names) throw new GstIplError('bad-usage', `A graph fuses two to five exposures, not ${sources.length}.`, { hint: 'Give --source once for each, from the darkest to the brightest.' });
  const live = sources.some(isLive);
  const width = Math.max(...names.map((name) => name.length), 'fused'.length) + 1;
  const node = (name: string, content: string): string => `  ${`${name}:`.padEnd(width)} { ${content} }`;
  return [
    '# gst-ipl run this file; gst-ipl check finds what is wrong with it, gst-ipl elements lists every option.',
    'nodes:',
    ...names.map((name, index) => node(name, `use: source, ${sourceOf(sources[index] ?? '', index)}`)),
    node('set', `use: sync, from: [${names.join(', ')}]${live ? ', late: degrade' : ''}`),
    node('fused', `use: ipl, from: set${live ? ', queue: drop-oldest' : ''}`),
    node('out', outputOf(output, live, names)),
    '',
  ].join('\n');
}

export const isFile = (source: string): boolean => source !== 'test' && !ADDRESS.test(source) && !source.startsWith('/dev/');

const isLive = (source: string): boolean => ADDRESS.test(source) || source.startsWith('/dev/') || source === 'test';

function sourceOf(source: string, index: number): string {
  if (source === 'test') return `launch: "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1 ! videobalance brightness=${(0.25 * (index - 1)).toFixed(2)}"`;
  if (ADDRESS.test(source)) return `uri: ${JSON.stringify(source)}`;
  if (source.startsWith('/dev/')) return `uri: ${JSON.stringify(`v4l2://${source}`)}`; // Comes back when it is plugged in again.
  return `launch: ${JSON.stringify(`filesrc location=${quoted(source)} ! decodebin`)}`;
}

function outputOf(output: string, live: boolean, names: readonly string[]): string {
  if (output === 'page') return `use: preview, from: [fused, ${names.join(', ')}]`;
  if (output === 'screen') return 'use: sink, from: fused, launch: "videoconvert ! autovideosink"';
  if (ADDRESS.test(output) || output.startsWith('hls:')) return `use: publish, from: fused, to: ${JSON.stringify(output)}`;
  return `use: sink, from: fused, launch: ${JSON.stringify(`x264enc ${live ? 'tune=zerolatency ' : ''}pass=qual quantizer=21 bitrate=100000 speed-preset=veryfast ! h264parse ! mp4mux ! filesink location=${quoted(output)}`)}`;
}

/** For a launch string: what holds a space or a sign of its language stands in quotes. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `"${path.replace(/["\\]/g, (sign) => `\\${sign}`)}"`;
}
