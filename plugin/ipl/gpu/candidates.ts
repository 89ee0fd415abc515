/** Which providers are worth a try on this machine, found out without loading any of them. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';

export interface Candidate {
  readonly provider: string;
  /** Why it is not worth a try; undefined where it is. */
  readonly missing: string | undefined;
  /** The machine has nothing that it could run on: nobody misses it. */
  readonly absent?: boolean;
}

/** The fastest first. What onnxruntime has beside these is for those who name it. */
const ORDER = ['cuda', 'webgpu'];

/** Providers that `auto` considers, in the order in which they are tried. */
export function candidates(): Candidate[] {
  const known = listSupportedBackends().map(({ name }) => name);
  return ORDER.map((provider) => {
    const absent = provider === 'cuda' ? noCudaDevice() : noGpu();
    if (absent !== undefined) return { provider, missing: absent, absent: true };
    if (!known.includes(provider)) return { provider, missing: 'this onnxruntime does not have it' };
    return { provider, missing: provider === 'cuda' ? cudaMissing() : undefined };
  });
}

/** Names that the option may have beside `auto`. */
export function knownProviders(): string[] {
  return listSupportedBackends().map(({ name }) => name);
}

/** Where onnxruntime-node looks for the libraries of providers that it does not bring along. */
export function providerLibraries(): string {
  const root = path.dirname(require.resolve('onnxruntime-node/package.json'));
  return path.join(root, 'bin', 'napi-v6', process.platform, process.arch);
}

function noCudaDevice(): string | undefined {
  return process.platform === 'linux' && !existsSync('/dev/nvidiactl') && !existsSync('/dev/dxg') ? 'there is no NVIDIA GPU (/dev/nvidiactl)' : undefined;
}

function cudaMissing(): string | undefined {
  const library = path.join(providerLibraries(), 'libonnxruntime_providers_cuda.so');
  return process.platform === 'linux' && !existsSync(library) ? `its library is not installed (${library})` : undefined;
}

/**
 * WebGPU on Linux is Vulkan, and Vulkan finds software drivers, too (llvmpipe, SwiftShader), which are slower than the CPU
 * path. So a GPU's device file must be there before anything is loaded; the trial run then measures.
 */
function noGpu(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const nodes = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  const gpu = nodes.some((name) => name.startsWith('renderD')) || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
  return gpu ? undefined : 'there is no GPU (/dev/dri/renderD*, /dev/nvidiactl)';
}
