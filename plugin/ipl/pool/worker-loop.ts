/** What a fusion thread does for one pool: owns a session and the kernels, and fuses one set at a time. */
import type { MessagePort } from 'node:worker_threads';
import { asGstIplError } from '../../core/errors';
import { release } from '../../core/frames/release';
import { chooseMerge, chooseProvider, type Choice } from '../gpu/provider-choice';
import { ProviderEngine } from '../gpu/provider-engine';
import { claimProvider, giveUpProvider, hasProvider, postNote, type Note } from '../gpu/provider-gate';
import { ProviderMerge } from '../gpu/provider-merge';
import { UNWATCHED, watchIn, type Watch } from '../gpu/provider-watch';
import type { NativeSection } from './native-section';
import { takeKernels } from '../kernels';
import { fusing, loadCpuEngine, loadHdrEngine, merging, type SetWork } from './set-work';
import { Turns } from './turns';
import type { FuseRequest, PayloadRequest, Reply, ServiceRequest, WorkerSettings } from './worker-messages';

export interface Service {
  serve(request: ServiceRequest): void;
  /** Nothing is in work. @returns whether the thread has let go of all that it had */
  end(): Promise<boolean>;
}

/** Loads the network, and says that it is ready. @returns undefined where it is not, and has said why */
export async function startService(port: MessagePort, settings: WorkerSettings, section: NativeSection): Promise<Service | undefined> {
  takeKernels(settings.kernels);
  const reply = (message: Reply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const fail = (error: unknown, turn: number | undefined): void => {
    const { code, message, hint } = asGstIplError(error, 'worker-failed');
    reply({ type: 'failed', turn, code, message, hint });
  };

  let work: SetWork;
  try {
    work = settings.hdr ? await mergingOn(settings, section) : await fusingOn(settings, section);
  } catch (error) {
    // The main thread gives the provider up: those who wait for it find out for themselves.
    fail(error, undefined);
    return undefined;
  }

  const turns = new Turns(settings.turns);
  /** Exposures of the next task. */
  let given: { readonly turn: number; readonly payloads: Uint8Array[] } = { turn: 0, payloads: [] };
  const onPayload = ({ turn, payload }: PayloadRequest): void => {
    // What came for a turn that was given up is forgotten.
    if (given.turn !== turn) given = { turn, payloads: [] };
    given.payloads.push(payload);
  };
  const fuse = async ({ turn, task: common, scene }: FuseRequest): Promise<void> => {
    const set = { ...common, payloads: given.payloads };
    given = { turn: 0, payloads: [] };
    try {
      const hand = { wait: () => section.leaveFor(() => turns.wait(turn)), pass: () => turns.pass(turn) };
      const { payload, report } = await section.run(() => work.run(set, scene, hand));
      const small = (report.aside ?? []).flatMap((one) => (one ? [one.luma.buffer as ArrayBuffer, one.valid.buffer as ArrayBuffer] : []));
      reply({ type: 'fused', turn, payload, report }, payload.buffer instanceof ArrayBuffer ? [payload.buffer, ...small] : small);
    } catch (error) {
      turns.giveUp(turn);
      fail(error, turn);
    }
    // The reference's payload is the fused picture, or is kept by the provider's engine for the next.
    for (const [exposure, payload] of set.payloads.entries()) if (exposure !== set.reference) release(payload);
  };
  reply({ type: 'ready' });
  return {
    serve: (request) => void (request.type === 'payload' ? onPayload(request) : fuse(request)),
    end: () => section.run(() => work.end()),
  };
}

async function fusingOn(settings: WorkerSettings, section: NativeSection): Promise<SetWork> {
  const hand = claim(settings);
  return section.run(async () => {
    const cpu = await loadCpuEngine(settings);
    const { model, gate: { provider } } = settings;
    const graph = hand.claimed ? hand.take(await chooseProvider({ provider, model, cpu: cpu.engine, watch: hand.watch })) : undefined;
    return fusing(new ProviderEngine(cpu.engine, graph, hand.giveUp, { watch: hand.watch, onNote: hand.notify }), cpu);
  });
}

async function mergingOn(settings: WorkerSettings, section: NativeSection): Promise<SetWork> {
  const hand = claim(settings);
  return section.run(async () => {
    const cpu = await loadHdrEngine();
    const { provider } = settings.gate;
    const graph = hand.claimed ? hand.take(await chooseMerge({ provider, cpu: cpu.kernels, watch: hand.watch })) : undefined;
    return merging(new ProviderMerge(cpu, graph, hand.giveUp, hand.watch));
  });
}

/** What a worker does with the provider that it may have. */
interface Hand {
  readonly claimed: boolean;
  readonly watch: Watch;
  readonly giveUp: (note: Note | undefined) => void;
  readonly notify: (note: Note) => void;
  /** @returns what works on the provider; where nothing does, it is given up */
  take<E>(choice: Choice<E>): E | undefined;
}

/** Blocks while another worker has the provider: then that one does all the work. */
function claim({ gate, thread }: WorkerSettings): Hand {
  const claimed = claimProvider(gate, thread);
  const notify = (note: Note): void => {
    // One that comes back too late has been logged.
    if (hasProvider(gate, thread)) postNote(gate, note);
  };
  const giveUp = (note: Note | undefined): void => {
    if (note) notify(note);
    if (hasProvider(gate, thread)) giveUpProvider(gate);
  };
  const take = <E>({ engine, note }: Choice<E>): E | undefined => {
    if (!engine) giveUp(note);
    else if (note) notify(note);
    return engine;
  };
  return { claimed, watch: claimed ? watchIn(gate.state, thread) : UNWATCHED, giveUp, notify, take };
}
