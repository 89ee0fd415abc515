import { spawnSync } from 'node:child_process';
import { asGstIplError } from '../../core/errors';
import { loadGStreamer } from '../../gstreamer/binding';
import { debianPackageFor } from '../../gstreamer/launch/debian-packages';
import { ENCODER_NAMES, ENCODERS } from '../../gstreamer/output/encoders';
import { checkEnvironment } from '../../gstreamer/environment';
import { missingElements } from '../../gstreamer/probe/probe';
import { DEFAULT_MODEL } from '../../ipl/network/read-model';
import type { Command } from '../arguments';
import { detailFlags, detailOf, painted } from '../detail';
import { machineFacts } from '../machine-facts';
import { JSON_FLAG, printJson, wantsJson } from '../json-flag';
import { version } from '../../core/package-version';

interface Finding {
  readonly state: 'works' | 'missing' | 'hint';
  readonly text: string;
  readonly remedy?: string | undefined;
}

/** Elements that gst-ipl itself puts into pipelines. */
const NEEDED = ['appsrc', 'appsink', 'videoconvert', 'videoscale', 'deinterlace', 'videoflip', 'identity', 'queue', 'tee', 'capsfilter'];

/** Elements that the shipped graphs and most users' graphs use. */
const USUAL: readonly string[] = [
  'decodebin', 'videorate', 'textoverlay', 'jpegdec', 'jpegenc', 'pngdec', 'pngenc', 'qtdemux', 'mp4mux',
  'avdec_h264', 'x264enc', 'h264parse', 'rtspsrc', 'v4l2src', 'autovideosink',
];

export const doctorCommand: Command = {
  name: 'doctor',
  synopsis: '[--quiet | --verbose | --json]',
  summary: 'Shows what works on this machine, what is missing, and how to install it.',
  positionals: [0, 0],
  flags: { ...detailFlags('Only what is missing.', 'Also versions, cores, memory and environment variables, as for a report.'), json: JSON_FLAG },
  examples: ['gst-ipl doctor', 'gst-ipl doctor --json'],
  async run(given) {
    const findings = [...checkGStreamer(), ...(await checkPlugins()), ...(await checkEncoders()), ...(await checkInference()), ...checkProcess()];
    const detail = detailOf(given);
    const facts = detail === 'verbose' ? machineFacts() : undefined;
    if (wantsJson(given)) printJson({ version: version(), node: process.version, platform: process.platform, arch: process.arch, findings, facts });
    else if (detail === 'quiet') for (const finding of findings.filter(({ state }) => state === 'missing')) console.log(lineOf(finding));
    else printFindings(findings, facts);
    return findings.some(({ state }) => state === 'missing') ? 1 : 0;
  },
};

function printFindings(findings: readonly Finding[], facts: Record<string, string> = {}): void {
  console.log(`gst-ipl ${version()}, Node ${process.version}, ${process.platform} ${process.arch}\n`);
  for (const finding of findings) console.log(lineOf(finding));
  const width = Math.max(...Object.keys(facts).map((name) => name.length)) + 2;
  for (const [index, [name, value]] of Object.entries(facts).entries()) console.log(`${index === 0 ? '\n' : ''}${name.padEnd(width)}${value}`);
}

function lineOf({ state, text, remedy }: Finding): string {
  const mark = { works: painted('green', 'ok     '), missing: painted('red', 'MISSING'), hint: painted('yellow', 'hint   ') }[state];
  return `${mark}  ${text}${remedy ? `\n         ${remedy}` : ''}`;
}

function checkGStreamer(): Finding[] {
  const inspected = spawnSync('gst-inspect-1.0', ['--version'], { encoding: 'utf8' });
  const found = /GStreamer ([\d.]+)/.exec(inspected.stdout ?? '')?.[1];
  try {
    loadGStreamer();
  } catch (error) {
    const { message, hint } = asGstIplError(error, 'set-up');
    return [{ state: 'missing', text: message, remedy: hint }];
  }
  return [{ state: 'works', text: `GStreamer ${found ?? '(version unknown: gst-inspect-1.0 is not installed)'}` }];
}

async function checkPlugins(): Promise<Finding[]> {
  const missing = await missingElements([...NEEDED, ...USUAL]);
  const describe = (element: string): Finding => {
    const debian = debianPackageFor(element);
    return {
      state: NEEDED.includes(element) ? 'missing' : 'hint',
      text: `GStreamer element ${element}${NEEDED.includes(element) ? '' : ' (only graphs that use it need it)'}`,
      remedy: debian ? `apt-get install ${debian}` : undefined,
    };
  };
  const present = NEEDED.length + USUAL.length - missing.length;
  return [{ state: 'works', text: `${present} of ${NEEDED.length + USUAL.length} usual GStreamer elements` }, ...missing.map(describe)];
}

/** What `record` and `publish` may encode with, and under which licence: only the user can know which may be passed on with a product. */
async function checkEncoders(): Promise<Finding[]> {
  const missing = await missingElements(ENCODER_NAMES);
  return ENCODER_NAMES.filter((name) => !missing.includes(name)).map((name) => {
    return { state: 'works', text: `encoder ${name}: ${ENCODERS[name].codec}, ${ENCODERS[name].licence}` };
  });
}

/** Loads onnxruntime, which takes its time, only now: every command comes through this file's import. */
async function checkInference(): Promise<Finding[]> {
  const [{ loadModel }, { candidates }] = await Promise.all([import('../../ipl/network/model'), import('../../ipl/gpu/candidates')]);
  const providers = candidates().map(({ provider, missing }): Finding => {
    return missing === undefined
      ? { state: 'works', text: `provider ${provider}: ipl tries it at start` }
      : { state: 'hint', text: `provider ${provider} (only for fusion on a GPU): ${missing}` };
  });
  const findings: Finding[] = [{ state: 'works', text: 'onnxruntime with the provider cpu' }, ...providers];
  try {
    const { card } = await loadModel(DEFAULT_MODEL);
    findings.push({ state: 'works', text: `network ${card.name}, checksum right` });
  } catch (error) {
    const { message, hint } = asGstIplError(error, 'bad-model');
    findings.push({ state: 'missing', text: message, remedy: hint });
  }
  return findings;
}

function checkProcess(): Finding[] {
  const findings = checkEnvironment().map(({ variable, problem, remedy }): Finding => {
    return { state: 'hint', text: `${variable} ${problem}`, remedy: `Start the process with ${remedy}` };
  });
  return findings.length > 0 ? findings : [{ state: 'works', text: 'process environment (thread pool, allocator)' }];
}
