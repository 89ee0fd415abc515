/** What of the system a bundle must bring along: shared libraries, and GStreamer's plug-ins. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** All that the graphs of the benchmark are made of. */
const ELEMENTS = ['queue', 'appsink', 'videoconvert', 'deinterlace', 'identity', 'rawvideoparse', 'imagefreeze', 'multifilesrc', 'videotestsrc', 'typefind'];

/** What drivers of GPUs look for; nothing here is linked to them. */
const FOR_DRIVERS = ['libvulkan.so.1', 'libX11.so.6', 'libXext.so.6', 'libxcb.so.1', 'libXau.so.6', 'libXdmcp.so.6'];

const FOLDER = '/usr/lib/x86_64-linux-gnu';

const LOADER = '/lib64/ld-linux-x86-64.so.2';

export function pluginFiles(): string[] {
  const files = ELEMENTS.map((element) => {
    const text = execFileSync('gst-inspect-1.0', [element], { encoding: 'utf8' });
    return /^\s*Filename\s+(\S+)$/m.exec(text)?.[1] ?? '';
  });
  return [...new Set(files)].filter((file) => file !== '');
}

/** Copies the libraries that programs and libraries are linked to, with the loader, into one folder. */
export function copyLibraries(binaries: readonly string[], target: string): void {
  mkdirSync(target, { recursive: true });
  const drivers = FOR_DRIVERS.map((name) => path.join(FOLDER, name)).filter((file) => existsSync(file));
  // Those of packages stay with them: there may be two versions of one name.
  const linked = [...binaries, ...drivers].flatMap(linkedTo).filter((file) => !file.includes('/node_modules/'));
  for (const file of new Set([LOADER, ...drivers, ...linked])) cpSync(realpathSync(file), path.join(target, path.basename(file)));
}

function linkedTo(binary: string): string[] {
  const text = execFileSync('ldd', [binary], { encoding: 'utf8' });
  return [...text.matchAll(/=> (\/\S+) \(/g)].map(([, file]) => file ?? '');
}
