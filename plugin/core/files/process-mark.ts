/**
 * How a file name says which process writes it: `1234-5f3a9c01f0000a3e-88213`, that is its number, the first digits of the boot's id
 * and the number of its PID namespace (a container has its own), and when it was started, in the kernel's ticks since that boot. Numbers
 * come again, on a small machine within a day, and in a container after every start; all of them do not. Where the kernel does not say it (no /proc), the mark is the number alone,
 * as it was in earlier versions, and whoever has the number counts.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { statsOf } from './file-identity';

const MARK = /^(\d+)(?:-([\da-f]+)-(\d+))?$/;

/** Field 22 of /proc/PID/stat, counted behind the name, which may hold anything: that is field 2 and ends in a bracket. */
const START_FIELD = 22 - 3;

export const OWN_MARK = [process.pid, ...birthOf(process.pid)].join('-');

export function isMark(text: string): boolean {
  return MARK.test(text);
}

/** Whether the process of a mark is there, and not just another one that got its number. */
export function isAlive(mark: string): boolean {
  const [, number, boot, start] = MARK.exec(mark) ?? [];
  const pid = Number(number);
  if (!exists(pid)) return false;
  const [ownBoot, ownStart] = birthOf(pid);
  if (boot === undefined || ownBoot === undefined) return pid !== process.pid;
  return boot === ownBoot && start === ownStart;
}

/** Milliseconds. Nobody works at a temporary file for so long without writing to it. */
const DAY = 86_400_000;

/**
 * Whether the owner of a temporary file or folder is gone. Of another machine or container, which may share the disk, nobody here knows
 * which processes live: it is gone when the file has not changed for a day.
 */
export function isLeft(file: string, mark: string): boolean {
  const [, , boot] = MARK.exec(mark) ?? [];
  const [own] = birthOf(process.pid);
  if (boot === undefined || own === undefined || boot === own) return !isAlive(mark);
  const now = performance.timeOrigin + performance.now(); // As files have it; a minute more or less is nothing to a day.
  return now - (statsOf(file)?.mtimeMs ?? Infinity) > DAY;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Boot with PID namespace, and start; nothing where the kernel does not say it. */
function birthOf(pid: number): readonly string[] {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    const namespace = Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0).toString(16);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD];
    return start === undefined ? [] : [`${boot}${namespace}`, start];
  } catch {
    return [];
  }
}
