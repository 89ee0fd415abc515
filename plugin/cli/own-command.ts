/** How this process was started, for another one like it: the same node, what bin/launch.js preloads, the same program. */
export function ownCommand(): string[] {
  return [...process.execArgv, process.argv[1]];
}
