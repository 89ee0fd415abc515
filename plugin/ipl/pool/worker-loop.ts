/** The work of a worker thread: owns a session and the kernels, and fuses one set at a time. */
import type { MessagePort } from 'node:worker_threads';
import { asGstIplError } from '../../core/errors';
import { release } from '../../core/frames/release';
import { standBack } from '../../core/thread-priority';
import type { FusionEngine } from '../engine/fusion-engine';
import { chooseProvider } from '../gpu/provider-choice';
import { ProviderEngine } from '../gpu/provider-engine';
import { claimProvider, giveUpProvider, hasProvider, postNote, type Note } from '../gpu/provider-gate';
import { watchIn } from '../gpu/provider-watch';
import type { NativeSection } from './native-section';
import { takeKernels } from '../kernels';
import { fusing, loadCpuEngine, merging, type SetWork } from './set-work';
import { Turns } from './turns';
import type { FuseRequest, PayloadRequest, Reply, Request, WorkerSettings } from './worker-messages';

/** Loads the network, says that it is ready (or why not), and answers requests from then on. */
export async function fuseOnThread(port: MessagePort, settings: WorkerSettings, section: NativeSection): Promise<void> {
  standBack();
  takeKernels(settings.kernels);
  const reply = (message: Reply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const fail = (error: unknown, turn: number | undefined): void => {
    const { code, message, hint } = asGstIplError(error, 'worker-failed');
    reply({ type: 'failed', turn, code, message, hint });
  };

  let work: SetWork;
  try {
    work = settings.hdr ? await merging() : await fusingOn(settings, section);
  } catch (error) {
    // The main thread gives the provider up: those who wait for it find out for themselves.
    fail(error, undefined);
    return;
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
      const { payload, report } = await section.run(() => work(set, scene, hand));
      const small = (report.aside ?? []).flatMap((one) => (one ? [one.luma.buffer as ArrayBuffer, one.valid.buffer as ArrayBuffer] : []));
      reply({ type: 'fused', turn, payload, report }, payload.buffer instanceof ArrayBuffer ? [payload.buffer, ...small] : small);
    } catch (error) {
      turns.giveUp(turn);
      fail(error, turn);
    }
    // The reference's payload is the fused picture, or is kept by the provider's engine for the next.
    for (const [exposure, payload] of set.payloads.entries()) if (exposure !== set.reference) release(payload);
  };
  port.on('message', (request: Request) => {
    if (request.type === 'payload') onPayload(request);
    else void fuse(request);
  });
  reply({ type: 'ready' });
}

async function fusingOn(settings: WorkerSettings, section: NativeSection): Promise<SetWork> {
  // Blocks while another worker has the provider: then that one does all the work.
  const claimed = claimProvider(settings.gate, settings.thread);
  return fusing(await section.run(async () => withProvider(await loadCpuEngine(settings), settings, claimed)));
}

/** The engine with the provider that this worker may have, or with the CPU alone. */
async function withProvider(cpu: FusionEngine, { gate, model, thread }: WorkerSettings, claimed: boolean): Promise<ProviderEngine> {
  const giveUp = (note: Note): void => {
    // Who comes back too late has been told of.
    if (!hasProvider(gate, thread)) return;
    postNote(gate, note);
    giveUpProvider(gate);
  };
  if (!claimed) return new ProviderEngine(cpu, undefined, giveUp);
  const watch = watchIn(gate.state, thread);
  const { engine, note } = await chooseProvider({ provider: gate.provider, model, cpu, watch });
  if (!engine) giveUp(note);
  else if (hasProvider(gate, thread)) postNote(gate, note);
  return new ProviderEngine(cpu, engine, giveUp, watch);
}
