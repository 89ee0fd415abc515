/**
 * `preview`: a page in the browser that shows the chain at work.
 *
 * - Input: frames of one to six nodes: the fused picture first, then the exposures that the page compares it with.
 *   Output: none; it may be the only end of a graph, or one of several.
 * - The page shows the fused picture with a wipe against each exposure, the weight map (where the fused frames carry one),
 *   how exposures were lined up (frames and arrows over the picture, where the fused frames carry it; numbers),
 *   the graph with its states, rates, latency and drops as charts, the live parameters, and takes snapshots.
 * - Pictures: JPEG, at most `width` pixels wide and `rate` a second, made by GStreamer only while somebody looks. Each
 *   browser asks for the newest picture when it has shown the last, so a slow one gets fewer and nothing waits for it.
 *   The exposures are those nearest in time to the fused picture; where that is another instant, the page says so.
 *   HDR (PQ, HLG) is mapped down for SDR screens (BT.2446, method A), in the snapshot, too, and the page says so.
 *   The page cannot show a picture with a side longer than 32767 (`videoscale`); a snapshot has it.
 * - Cost: a graph that feeds an exposure to both `sync` and `preview` copies it once. At 4K, preview a small copy:
 *   `small: { use: filter, from: under, launch: "videoscale ! video/x-raw,width=960,height=540" }`.
 * - Served beside it: `/metrics` (Prometheus), `/health` and `/health/live` (see plugin/observe).
 * - Clients are served by a thread of their own: the chain does the same for a thousand as for one (plugin/observe/http).
 * - Security: this machine alone unless `listen` says otherwise; then a token is needed for everything. See SECURITY.md.
 * - EOS: ends when all its inputs have ended. Errors: an address that is taken fails the start; whatever goes wrong while
 *   it serves is a warning, and never stops the chain. Caps changes: the next picture has the new size.
 *
 *     nodes:
 *       page: { use: preview, from: [fused, under, mid, over], listen: 8080 }
 */
import { EMPTY, ignoreElements, merge, tap, type Observable } from 'rxjs';
import { defineElement, type StageContext } from '../core/element';
import { GstIplError } from '../core/errors';
import type { Frame } from '../core/frames/frame';
import { numberOption, textOption } from '../core/options';
import { HttpService, parseAddress } from '../observe/http';
import { monitoring } from '../observe/http/monitoring';
import { readToken, TOKEN_VARIABLE } from '../observe/http/token';
import { previewOffer } from './answers';
import { PictureHub } from './picture-hub';

const options = {
  listen: {
    ...textOption({
      summary: 'Where the page is served: a port, for this machine alone, or an address and a port, such as 0.0.0.0:8080.',
      default: '8080',
      defaultText: '8080: on this machine alone; the port that people try first',
    }),
    code: 'string | number',
  },
  tokenFile: textOption({
    summary: 'File with the token that browsers and monitors must show; needed where other machines can connect.',
    default: '',
    defaultText: `none: the environment variable ${TOKEN_VARIABLE}, or no token on this machine alone`,
  }),
  width: numberOption({
    summary: 'Maximum width of a frame on the page, in pixels.',
    default: 1280,
    min: 160,
    max: 3840,
    integer: true,
    defaultText: '1280: sharp on a laptop, 100 kB a frame; the snapshot has all pixels',
  }),
  rate: numberOption({
    summary: 'Maximum frames a second for a browser.',
    default: 10,
    min: 0.1,
    max: 60,
    defaultText: '10: enough to judge the fusion, for a third of the encoding that 30 would take',
  }),
};

export const previewElement = defineElement({
  kind: 'stage',
  // JPEG has 8.
  tenBits: () => 'bears',
  name: 'preview',
  summary: 'A web page: the live picture with a wipe against each exposure, metrics, controls.',
  input: { min: 1, max: 6, medium: 'frames' },
  output: 'none',
  options,
  example: 'page: { use: preview, from: [fused, under, mid, over], listen: 8080 }',
  check: ({ listen }) => void parseAddress(listen),
  checkFiles: ({ listen, tokenFile }) => void readToken(parseAddress(listen), tokenFile || undefined),
  create: (settings, context) => {
    const { view, address } = { view: viewOf(context), address: parseAddress(settings.listen) };
    const streams = context.inputs.from;
    const { width, rate } = settings;
    const hub = new PictureHub({ streams, width, rate });
    const token = readToken(address, settings.tokenFile || undefined);
    const offers = [monitoring(view), previewOffer({ view, hub, streams, rate })];
    const server = new HttpService({ address, token, warn: (message) => context.warn(message) }, offers);
    return {
      ready: async () => {
        await server.listen();
        context.notify?.(`The preview is at ${server.url}${token === undefined ? '' : ' and asks for the token'}.`);
      },
      connect: (inputs) => {
        const [main, ...others] = inputs.map((input, stream) => (input as Observable<Frame>).pipe(tap((frame) => hub.offer(stream, frame))));
        return merge(main ?? EMPTY, merge(...others).pipe(ignoreElements()));
      },
      close: async () => {
        await Promise.all([hub.close(), server.close()]);
      },
    };
  },
});

function viewOf({ graph, node }: StageContext): NonNullable<StageContext['graph']> {
  if (graph) return graph;
  throw new GstIplError('bad-usage', `Node "${node}" (preview) shows a graph, and there is none.`, { hint: 'Use it in a graph file.' });
}
