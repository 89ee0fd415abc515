/**
 * Whether the raw caps in a launch fragment can be at all. Behind `decodebin`, whose pads come later, GStreamer itself tries
 * them only when pictures come, and then says nothing of them.
 */
import { suggestion } from '../../core/nearest';
import { rawFormats } from './inspect';
import { capsOf } from '../launch/launch';
import type { LaunchFinding } from '../launch/launch-error';

export interface CapsQuestions {
  /** The caps that are tried, as they are written. */
  readonly caps: readonly string[];
  /** What is to be parsed, in the same order. */
  readonly launches: readonly string[];
}

/** Caps of memory that is not the processor's are for elements that are not asked here. */
const RAW = /^video\/x-raw\s*(?:,|$)/;

export function capsQuestions(fragment: string): CapsQuestions {
  const caps = rawCapsOf(fragment);
  return { caps, launches: caps.map(tried) };
}

export function rawCapsOf(fragment: string): string[] {
  return capsOf(fragment).filter((text) => RAW.test(text));
}

/** `videoconvert` takes and gives every format that GStreamer knows. */
const tried = (caps: string): string => `videoconvert ! ${caps} ! videoconvert`;

/**
 * @param messages what GStreamer says of the questions, null where it has nothing against them
 * @param parse asks more, in the same way
 */
export async function explainCapsAnswers(
  { caps }: CapsQuestions,
  messages: readonly (string | null)[],
  parse: (launches: readonly string[]) => Promise<(string | null)[]>,
): Promise<LaunchFinding[]> {
  const impossible = caps.filter((_, index) => messages[index]?.startsWith('could not link'));
  const findings = await Promise.all(
    impossible.map(async (text) => {
      const fields = fieldsOf(text);
      const answers = await parse(fields.map((field) => tried(`video/x-raw,${field}`)));
      const wrong = fields.filter((_, index) => answers[index]?.startsWith('could not link'));
      return Promise.all(wrong.map(explainField));
    }),
  );
  return findings.flat();
}

async function explainField(field: string): Promise<LaunchFinding> {
  const [, name = '', value = field] = /^([\w-]+)\s*=\s*(?:\([\w ]+\)\s*)?"?([^"]*)"?$/s.exec(field) ?? [];
  const finding = { code: 'bad-launch', token: value } as const;
  if (name !== 'format') {
    return { ...finding, message: `No video can have "${field}".`, hint: 'Sizes are whole numbers (width=1280,height=720), rates are fractions (framerate=25/1).' };
  }
  const formats = await rawFormats();
  const hint = formats.length > 0 ? suggestion(value, formats) : '`gst-inspect-1.0 videoconvert` lists the formats.';
  return { ...finding, message: `GStreamer has no video format "${value}".`, hint };
}

/** `width=640`, `format={I420,NV12}`: what stands between the commas that are in no list and no quotes. */
export function fieldsOf(caps: string): string[] {
  const fields = caps.match(/(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]|[^,])+/gs) ?? [];
  return fields.slice(1).map((field) => field.trim());
}
