/** A program that stands for gst-ipl where long recordings are done. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Notes what it is to do. A piece is a packet of GDP with nothing in it; the recording names its pieces. Segments whose begin is in `bad` fail; one in `slow` never ends. */
const PROGRAM = `
const fs = require('fs'), path = require('path');
const args = process.argv.slice(2), folder = __dirname;
const at = (name) => args[args.indexOf(name) + 1];
const from = (args.find((arg) => arg.startsWith('--from=')) || '').slice(7);
fs.appendFileSync(path.join(folder, 'log'), [args[1], from].join(' ').trim() + '\\n');
const lists = (name) => fs.existsSync(path.join(folder, name)) && fs.readFileSync(path.join(folder, name), 'utf8') === from;
if (args[1] === 'cut') console.log(JSON.stringify(['0ns', '60ns', '120ns'].map((time, index, all) => ({ from: time, until: all[index + 1], leadIn: '9ns', leadOut: '3ns' }))));
else if (args[1] === 'join') fs.writeFileSync(at('-o'), args.slice(args.indexOf('--') + 2).map((file) => path.basename(file).slice(0, 5)).join(' '));
else if (lists('slow')) setInterval(() => undefined, 1000);
else if (lists('bad')) { console.error('The film is torn.'); process.exit(1); }
else { const piece = Buffer.alloc(62); piece.writeUInt16BE(1, 4); fs.writeFileSync(at('-o'), piece); }
`;

/** @param folder where it notes what it does, and finds what is to fail @returns its path */
export function writeProgram(folder: string): string {
  const file = path.join(folder, 'program.js');
  writeFileSync(file, PROGRAM);
  return file;
}

/** What it was asked for since this was asked last, sorted. */
export function takeLog(folder: string): string[] {
  const file = path.join(folder, 'log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  rmSync(file, { force: true });
  return lines.sort();
}
