/**
 * Runs the command's main file for each list of arguments (a JSON array of them, on standard input), in one process, and writes what
 * each would have ended with. For command lines that are refused: to start a process for each takes longer than all the rest.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { commandLine } = require('../../bin/launch.js');

const [main] = commandLine().slice(-1);
const exit = process.exit.bind(process);

async function run(args) {
  let stderr = '';
  console.error = (text) => { stderr += `${text}\n`; };
  process.argv = [process.execPath, main, ...args];
  delete require.cache[require.resolve(main)];
  const code = await new Promise((resolve) => {
    process.exit = resolve;
    require(main);
  });
  return { code, stderr };
}

async function runAll() {
  const finished = [];
  for (const args of JSON.parse(readFileSync(0, 'utf8'))) finished.push(await run(args));
  process.stdout.write(JSON.stringify(finished), () => exit(0));
}

runAll();
