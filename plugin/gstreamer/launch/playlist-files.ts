/**
 * Files open files: one that is called a film, and is a list of addresses, would make GStreamer's decodebin fetch whatever
 * stands in it, from this machine and its network. What such a file is to be read by has to be said: an element in the launch
 * string. (The model is FFmpeg's list of protocols that a file may lead to.)
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { LaunchFinding } from './launch-error';
import { elementsOf } from './launch';
import { filesOf } from './launch-files';

/** They look into what they read, and take what fits it. */
const LOOKING = /^(?:decodebin3?|parsebin|uridecodebin3?|playbin3?|urisourcebin)$/;

/** What is in the file, and the elements that read it. */
const KINDS: readonly [what: string, content: RegExp, readers: RegExp][] = [
  ['an HLS playlist', /^#EXTM3U/, /^hlsdemux2?$/],
  ['a DASH manifest', /^<(?:[^]*?<)?(?:\w+:)?MPD[\s>]/, /^dashdemux2?$/],
  ['a Smooth Streaming manifest', /^<(?:[^]*?<)?SmoothStreamingMedia[\s>]/, /^mssdemux2?$/],
  ['an SDP file', /^v=\d\s/, /^sdpdemux$/],
  ['an editing project', /^<(?:[^]*?<)?(?:ges|xmeml|fcpxml)[\s>]/, /^gesdemux$/],
  ['a playlist', /^(?:<(?:[^]*?<)?(?:asx|smil|playlist)[\s>]|\[(?:playlist|reference)\]|(?:https?|rtsp[stu]?|mms\w?|rtmp\w*|udp):\/\/)/i, /^$/],
];

/** Comments in front of what matters may be long; typefinders look no further. */
const LOOK = 64 * 1024;

/** What would lead somewhere else than it says. */
export function playlistFindings(fragment: string): LaunchFinding[] {
  const factories = elementsOf(fragment).map(({ factory }) => factory);
  if (!factories.some((factory) => LOOKING.test(factory))) return [];
  return filesOf(fragment).flatMap(({ does, path, names, element, property }) => {
    const kind = does === 'reads' && !names ? kindOf(path) : undefined;
    if (!kind || factories.some((factory) => kind.readers.test(factory))) return [];
    const value = element.properties.get(property) ?? path;
    const hint = 'Give the address that is meant instead. Where you trust the file, read it by an element of your own, such as `filesrc location=PATH ! hlsdemux ! decodebin`.';
    return [{ code: 'bad-launch', message: `"${value}" is ${kind.what}: it would fetch what stands in it, and a file may open files only.`, hint, token: value } as const];
  });
}

function kindOf(file: string): { what: string; readers: RegExp } | undefined {
  const text = headOf(file)?.toString('latin1').replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '').replaceAll('\0', '').trimStart(); // UTF-16, too.
  const [what, , readers] = KINDS.find(([, content]) => text !== undefined && content.test(text)) ?? [];
  return what === undefined || readers === undefined ? undefined : { what, readers };
}

/** The first bytes, behind tags: GStreamer takes these off, and looks again. Undefined for what is no file. */
function headOf(file: string): Buffer | undefined {
  let handle: number | undefined;
  try {
    if (!statSync(file).isFile()) return undefined; // A pipe can be read once.
    handle = openSync(file, 'r');
    let at = 0;
    for (let tag = tagLength(readAt(handle, at, 32)); tag > 0; tag = tagLength(readAt(handle, at, 32))) at += tag;
    return readAt(handle, at, LOOK);
  } catch {
    return undefined; // Whoever reads it will say what is wrong.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function readAt(handle: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(handle, bytes, 0, length, at));
}

/** Of ID3v2 (id3.org, 3.1) and APEv2, or 0. */
function tagLength(head: Buffer): number {
  if (head.length < 32) return 0;
  if (head.toString('latin1', 0, 3) === 'ID3') {
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + ((head[at] ?? 0) & 127), 0);
    return 10 + size + ((head[5] ?? 0) & 16 ? 10 : 0);
  }
  return head.toString('latin1', 0, 8) === 'APETAGEX' ? 32 + head.readUInt32LE(12) : 0;
}
