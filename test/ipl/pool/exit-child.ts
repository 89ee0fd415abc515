/** `exit-child.ts SETS MS`: fuses sets on four threads, and ends the process MS after the first picture, or after the first thread is ready. */
import { from } from 'rxjs';
import { ipl } from '../../../plugin/ipl';
import { paintSet } from '../pictures';

const [sets = 0, milliseconds = 0] = process.argv.slice(2).map(Number);
const end = (): unknown => setTimeout(() => process.exit(7), milliseconds);
const painted = paintSet('I420', 1280, 720);
const set = { ...painted, frames: painted.frames.map((frame) => ({ ...frame, shared: true })) };
// The stage subscribes when the first thread is ready; the others start beside it.
from(Array.from({ length: sets }, () => set))
  .pipe(ipl({ threads: 4 }))
  .subscribe({ next: end, complete: sets === 0 ? end : () => undefined });
