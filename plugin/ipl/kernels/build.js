// Compiles assembly/*.ts to fusion.wasm beside this file. `node plugin/ipl/kernels/build.js`, or buildKernels().
const fs = require('node:fs');
const path = require('node:path');

const sources = path.join(__dirname, 'assembly');
const wasm = path.join(__dirname, 'fusion.wasm');

/** True where fusion.wasm is newer than everything it is made from. */
function isCurrent() {
  if (!fs.existsSync(wasm)) return false;
  const inputs = fs.readdirSync(sources).map((name) => path.join(sources, name)).concat(__filename);
  const built = fs.statSync(wasm).mtimeMs;
  return inputs.every((input) => fs.statSync(input).mtimeMs < built);
}

/** Compiles unless fusion.wasm is current. Resolves to the path of fusion.wasm. */
async function buildKernels() {
  if (isCurrent()) return wasm;
  const asc = await import('assemblyscript/asc');
  // Several test processes may build at the same time: each writes a file of its own and renames it into place.
  const temporary = `fusion.${process.pid}.wasm`;
  const { error, stderr } = await asc.main([
    'assembly/index.ts', '--outFile', temporary, '--baseDir', __dirname,
    '-O3', '--runtime', 'stub', '--enable', 'simd', '--enable', 'relaxed-simd', '--noAssert', '--disableWarning', '112', '--initialMemory', '2',
  ]);
  if (error) throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  fs.renameSync(path.join(__dirname, temporary), wasm);
  return wasm;
}

module.exports = { buildKernels };

if (require.main === module) {
  buildKernels().then((file) => console.log(file), (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
