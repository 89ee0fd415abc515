/** A process that wants to end while a thread of it is in onnxruntime, and never comes out. */
import { watchExit } from '../../../plugin/ipl/pool/exit-watch';
import { NativeSection } from '../../../plugin/ipl/pool/native-section';

const section = new NativeSection();
section.run(() => new Promise(() => undefined)).catch(() => undefined);
watchExit(section, 50);
process.exit(5);
