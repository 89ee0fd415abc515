/**
 * onnxruntime sessions on a provider, and on no other.
 *
 * Coefficients and block means make the trip to the host and back, some 180 KB a picture of three exposures. They could stay in a
 * WebGPU buffer (preferredOutputLocation), but then onnxruntime-node 1.30 no longer writes into the output tensors that it
 * is given, and every 4K picture costs a copy of 12 MB.
 */
import { InferenceSession } from 'onnxruntime-node';

export type GraphSession = Pick<InferenceSession, 'run' | 'release'>;

/** Opens a graph on a provider by its onnxruntime name. */
export type OpenSession = (provider: string, graph: Buffer) => Promise<GraphSession>;

export const openSession: OpenSession = (provider, graph) =>
  InferenceSession.create(graph, {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4, // what fails is thrown as well
    // Operators that the provider lacks would run on the CPU, with copies to and fro: rather no session at all.
    ...(provider === 'cpu' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
