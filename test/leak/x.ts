import koffi from 'koffi';
import { load, runToEnd } from '../support/run-graph';
import { temporaryFolder } from '../support/folder';
import { held } from './held';
const libc = koffi.load('libc.so.6');
koffi.struct('mi', Object.fromEntries(['arena','ordblks','smblks','hblks','hblkhd','usmblks','fsmblks','uordblks','fordblks','keepcost'].map((n) => [n, 'size_t'])));
const mallinfo2 = libc.func('mi mallinfo2()');
const CAMERA = 'video/x-raw,format=I420,width=64,height=48,framerate=30/1';
const folder = temporaryFolder();
const variants: Record<string, string> = {
  plain: '',
  record: `  files: { use: record, from: camera, to: ${folder}, preset: ultrafast, keep: 1MB }`,
  preview: `  page: { use: preview, from: camera, listen: 0 }`,
};
async function main() {
  for (const v of (process.argv[3] ?? 'plain,record,preview').split(',')) {
    const graph = await load(`nodes:
  camera: { use: source, launch: "videotestsrc num-buffers=3 ! ${CAMERA}" }
${variants[v]}
  screen: { use: sink, from: camera, launch: fakesink }
`);
    for (let i = 0; i <= Number(process.argv[2]); i++) {
      const { error } = await runToEnd(graph);
      if (error) throw error;
      if (i % 25 === 0) { const h = await held(); const m: any = mallinfo2(); const mu = process.memoryUsage(); console.log(v, i, h.heap.toFixed(2), 'rss', h.memory.toFixed(1), 'inuse', (Number(m.uordblks) / 1e6).toFixed(3), 'free', (Number(m.fordblks) / 1e6).toFixed(2), 'ext', (mu.external/1e6).toFixed(2), 'total', (mu.heapTotal/1e6).toFixed(1)); }
    }
  }
}
void main().then(() => process.exit());
