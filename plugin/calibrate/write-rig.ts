/** Puts a rig's file into its place, when it is whole. */
import { writeFileSync } from 'node:fs';
import { GstIplError, messageOf } from '../core/errors';
import { OutputFile } from '../core/files/output-file';
import type { Rig } from '../ipl/rig';

/** @throws GstIplError where it cannot be written */
export async function writeRig(rig: Rig, file: string): Promise<void> {
  const output = OutputFile.at(file);
  // A homography is one line: three rows of three are read at a glance.
  const text = JSON.stringify(rig, null, 2).replace(/"homography": \[([^\]]*)\]/g, (_, numbers: string) => `"homography": [${numbers.split(',').map((one) => one.trim()).join(', ')}]`);
  try {
    writeFileSync(output?.temporary ?? file, `${text}\n`);
  } catch (error) {
    output?.remove();
    throw new GstIplError('missing-file', `The rig "${file}" cannot be written: ${messageOf(error)}.`, { hint: 'Name another file: -o rig.json', cause: error });
  }
  await output?.finish();
}
