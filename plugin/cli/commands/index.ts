/** All subcommands, in the order of the help. */
import '../..'; // Whole, because users' modules may import any of it.
import type { Command } from '../arguments';
import { batchCommand } from './batch';
import { calibrateCommand } from './calibrate';
import { checkCommand } from './check';
import { completionCommand } from './completion';
import { demoCommand } from './demo';
import { describeCommand } from './describe';
import { doctorCommand } from './doctor';
import { elementsCommand } from './elements';
import { execCommand } from './exec';
import { fuseCommand } from './fuse';
import { initCommand } from './init';
import { queueCommand } from './queue';
import { runCommand } from './run';
import { schemaCommand } from './schema';
import { segmentCommand } from './segment';
import { workerCommand } from './worker';

export const COMMANDS: readonly Command[] = [
  runCommand,
  initCommand,
  checkCommand,
  describeCommand,
  calibrateCommand,
  fuseCommand,
  batchCommand,
  workerCommand,
  queueCommand,
  segmentCommand,
  execCommand,
  elementsCommand,
  doctorCommand,
  schemaCommand,
  completionCommand(() => COMMANDS),
  demoCommand,
];
