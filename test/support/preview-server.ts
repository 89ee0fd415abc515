/** A preview without a graph: the page's server over made-up pictures and figures. */
import http from 'node:http';
import { connect } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Frame, LineUpView, LiveParameter, WeightMap } from '../../plugin';
import { parseVideoCaps } from '../../plugin/core/frames/video-caps';
import { GraphObservation } from '../../plugin/graph/run/observation';
import type { Plan } from '../../plugin/graph/plan';
import { HttpService, parseAddress, type Limits, type Offer } from '../../plugin/observe/http';
import { monitoring } from '../../plugin/observe/http/monitoring';
import { previewOffer } from '../../plugin/preview/answers';
import { PictureHub } from '../../plugin/preview/picture-hub';
import { alternateMetrics } from '../../plugin/alternate/metrics';
import { publishMetrics } from '../../plugin/publish/metrics';
import { recordMetrics } from '../../plugin/record/metrics';
import { iplMetrics } from '../../plugin/ipl/metrics';
import { syncMetrics } from '../../plugin/sync/metrics';
import { makeFrame } from './frames';

export const TOKEN = 'a-token-that-nobody-guesses';

const KINDS: Readonly<Record<string, object>> = {
  source: { kind: 'fragment', output: 'frames' },
  sync: { kind: 'stage', output: 'exposures', metrics: syncMetrics },
  ipl: { kind: 'stage', output: 'frames', metrics: iplMetrics },
  preview: { kind: 'stage', output: 'none' },
  alternate: { kind: 'stage', output: 'exposures', metrics: alternateMetrics },
  record: { kind: 'stage', output: 'none', metrics: recordMetrics },
  publish: { kind: 'stage', output: 'none', metrics: publishMetrics },
  sink: { kind: 'fragment', output: 'none' },
};

/** What a plan says of nodes, and no more. */
export function observe(nodes: readonly [name: string, element: string, ...from: string[]][]): GraphObservation {
  return new GraphObservation({ nodes: nodes.map(([name, element, ...from]) => ({ name, element: { name: element, ...KINDS[element] }, from })) } as unknown as Plan);
}

/** An I420 picture of one grey, 64x36. */
export function grey(luma: number, milliseconds: number, change: { width?: number; height?: number; weightMap?: WeightMap; lineUp?: LineUpView } = {}): Frame {
  const { width = 64, height = 36, weightMap, lineUp } = change;
  const capsText = `video/x-raw, format=(string)I420, width=(int)${width}, height=(int)${height}, framerate=(fraction)30/1, colorimetry=(string)bt709`;
  const { layout } = parseVideoCaps(capsText);
  const payload = new Uint8Array(layout.size).fill(128).fill(luma, 0, layout.planes[1]?.offset);
  return makeFrame(milliseconds, { capsText, payload, shared: true, weightMap, lineUp });
}

export interface Served {
  readonly url: string;
  readonly port: number;
  readonly view: GraphObservation;
  readonly hub: PictureHub;
  readonly warnings: string[];
  readonly values: { strength: number; freeze: boolean };
  /** What this thread was asked by the server's, and how often. */
  readonly questions: ReadonlyMap<string, number>;
}

function counting(offer: Offer, questions: Map<string, number>): Offer {
  const answers = Object.entries(offer.answers).map(([name, answer]) => {
    const resolve = (question: never): ReturnType<typeof answer.resolve> => {
      questions.set(name, (questions.get(name) ?? 0) + 1);
      return answer.resolve(question);
    };
    return [name, { ...answer, resolve }];
  });
  return { ...offer, answers: Object.fromEntries(answers) as Offer['answers'] };
}

export interface ServeOptions {
  readonly token?: string;
  readonly limits?: Partial<Limits>;
  /** Served beside the page. */
  readonly offers?: readonly Offer[];
}

export async function serve(t: ExecutionContext, { token, limits, offers = [] }: ServeOptions = {}): Promise<Served> {
  const view = observe([['under', 'source'], ['over', 'source'], ['set', 'sync', 'under', 'over'], ['fused', 'ipl', 'set'], ['page', 'preview', 'fused', 'under', 'over']]);
  const streams = ['fused', 'under', 'over'];
  const hub = new PictureHub({ streams, width: 640, rate: 20 });
  const values = { strength: 1, freeze: false };
  const parameters: LiveParameter[] = [
    { kind: 'number', name: 'strength', summary: 'How much.', min: 0, max: 1, default: 1, get: () => values.strength, set: (value) => (values.strength = value) },
    { kind: 'boolean', name: 'freeze', summary: 'Holds the picture.', default: false, get: () => values.freeze, set: (value) => (values.freeze = value) },
  ];
  view.parameters.add('fused', parameters);
  const warnings: string[] = [];
  const questions = new Map<string, number>();
  const counted = [monitoring(view), previewOffer({ view, hub, streams, rate: 20 }), ...offers].map((offer) => counting(offer, questions));
  const server = new HttpService({ address: parseAddress('0'), token, limits, warn: (message) => warnings.push(message) }, counted);
  await server.listen();
  t.teardown(async () => {
    await Promise.all([server.close(), hub.close()]);
  });
  return { url: server.url, port: Number(new URL(server.url).port), view, hub, warnings, values, questions };
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A request as it is, with headers that fetch would not send. */
export function ask(port: number, path: string, options: http.RequestOptions & { body?: string } = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/**
 * Sends bytes and resolves to all that comes back until the server closes.
 * @param endMs so long after them, or when an answer comes, the client's end is closed, too: what is half a request is over then
 */
export function sendRaw(port: number, bytes: string | Uint8Array, endMs?: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const timer = endMs === undefined ? undefined : setTimeout(() => socket.end(), endMs);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (timer) socket.end();
    });
    socket.on('error', () => undefined); // A reset is an answer, too.
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.write(bytes);
  });
}
