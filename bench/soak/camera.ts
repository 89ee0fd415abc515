/**
 * A camera of the soak, in a process of its own: pictures with the number of their instant, as MPEG-TS to a UDP port.
 *
 *     camera.ts PORT WIDTH HEIGHT RATE GREY [LATE_MS]
 *
 * All cameras count the same instants, those of the clock on the wall. It ends when its parent does (stdin closes).
 */
import { spawn } from 'node:child_process';
import { writeBufferHeader, writeStreamHeader } from '../../plugin/gstreamer/gdp';
import { NUMBERS, paint } from './painted-number';

const [port = 0, width = 0, height = 0, rate = 0, grey = 0, late = 0] = process.argv.slice(2).map(Number);
const period = 1000 / rate;

const gstreamer = spawn(
  'gst-launch-1.0',
  (
    `-q fdsrc fd=0 ! gdpdepay ! x264enc speed-preset=ultrafast tune=zerolatency key-int-max=${rate} bitrate=1500 ! h264parse config-interval=-1 ` +
    `! mpegtsmux alignment=7 ! udpsink host=127.0.0.1 port=${port} sync=false async=false`
  ).split(' '),
  { stdio: ['pipe', 'ignore', 'ignore'] },
);
gstreamer.on('close', () => process.exit(1));
gstreamer.stdin.on('error', () => process.exit(1));
process.stdin.on('end', () => process.exit(0)).resume();
process.on('exit', () => gstreamer.kill('SIGKILL'));

const first = Math.ceil(Date.now() / period);
const caps = `video/x-raw,format=(string)I420,width=(int)${width},height=(int)${height},framerate=(fraction)${rate}/1`;
for (const packet of writeStreamHeader(caps)) gstreamer.stdin.write(packet);

const nanoseconds = (ticks: number): bigint => BigInt(Math.round(ticks * period * 1e6));
let next = first;
function shoot(): void {
  const now = Math.floor((Date.now() - late) / period);
  // A camera that was stopped goes on with the present; what it missed is gone.
  if (now - next > 2) next = now;
  for (; next <= now; next += 1) {
    if (gstreamer.stdin.writableNeedDrain) continue;
    const picture = paint(next % NUMBERS, width, height, grey);
    gstreamer.stdin.write(writeBufferHeader(picture.length, nanoseconds(next - first), nanoseconds(1)));
    gstreamer.stdin.write(picture);
  }
  setTimeout(shoot, Math.max(0, next * period + late - Date.now()));
}
shoot();
