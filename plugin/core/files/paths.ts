/** Whether what a graph names on the disk can be read or written, as far as it can be known before it starts. */
import { constants } from 'node:fs';
import path from 'node:path';
import { GstIplError } from '../errors';
import { statsOf } from './file-identity';
import { mayAccess } from './may-access';

export interface PathFinding {
  readonly message: string;
  readonly hint: string;
}

/** @returns what is wrong with something to be read, or undefined */
export function checkInput(file: string, kind: 'file' | 'folder' | 'device'): PathFinding | undefined {
  const stats = statsOf(file);
  if (!stats) {
    const devices = '`gst-device-monitor-1.0` lists the devices that there are.';
    return { message: `The ${kind} "${file}" does not exist.`, hint: kind === 'device' ? devices : lookedFor(file) };
  }
  if (kind === 'file' && stats.isDirectory()) return { message: `"${file}" is a folder.`, hint: 'Name a file in it.' };
  if (kind === 'folder' && !stats.isDirectory()) return { message: `"${file}" is no folder.`, hint: lookedFor(file) };
  return mayAccess(file, constants.R_OK) ? undefined : { message: `The ${kind} "${file}" may not be read.`, hint: 'Check its permissions.' };
}

/** @returns what keeps a file from being written, or undefined; a file that is there is written anew */
export function checkOutput(file: string): PathFinding | undefined {
  const stats = statsOf(file);
  if (stats?.isDirectory()) return { message: `"${file}" is a folder.`, hint: 'Name a file in it.' };
  if (stats) return mayAccess(file, constants.W_OK) ? undefined : { message: `The file "${file}" may not be written.`, hint: 'Check its permissions.' };
  const folder = path.dirname(file);
  const parent = statsOf(folder);
  if (!parent) return { message: `The output folder "${folder}" does not exist.`, hint: `Make it: mkdir -p ${JSON.stringify(path.resolve(folder))}` };
  if (!parent.isDirectory()) return { message: `"${folder}", where "${path.basename(file)}" is to be written, is no folder.`, hint: lookedFor(folder) };
  return mayAccess(folder, constants.W_OK | constants.X_OK) ? undefined : { message: `Nothing may be written into the folder "${folder}".`, hint: 'Check its permissions.' };
}

/** For elements that make their folder. @throws GstIplError `missing-file` when it cannot be made, or not be written into */
export function requireMakeableFolder(folder: string): void {
  let there = path.resolve(folder);
  while (!statsOf(there) && path.dirname(there) !== there) there = path.dirname(there);
  const exists = there === path.resolve(folder);
  const what = exists ? `Nothing can be written into "${folder}"` : `The folder "${folder}" cannot be made`;
  if (!statsOf(there)?.isDirectory()) throw new GstIplError('missing-file', `${what}: "${there}" is no folder.`, { hint: 'Name another.' });
  if (mayAccess(there, constants.W_OK | constants.X_OK)) return;
  throw new GstIplError('missing-file', `${what}: "${there}" may not be written into.`, { hint: 'Check its permissions.' });
}

function lookedFor(file: string): string {
  const whole = path.resolve(file);
  return whole === file ? 'Check the path.' : `A relative path starts in the folder where the command is run: ${whole} was looked for.`;
}
