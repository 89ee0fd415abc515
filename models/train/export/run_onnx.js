// Runs an ONNX file once on a JSON fixture and prints its outputs as JSON.
// usage: node run_onnx.js model.onnx inputs.json [repeats]
// inputs.json: {name: {type, dims, data}}; with repeats, also prints the median milliseconds.
const ort = require('onnxruntime-node')
const {readFileSync} = require('node:fs')
const arrays = {float32: Float32Array, uint8: Uint8Array}

async function main() {
  const [model, inputs, repeats] = process.argv.slice(2)
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1, interOpNumThreads: 1, executionProviders: ['cpu'],
  })
  const feeds = {}
  for (const [name, t] of Object.entries(JSON.parse(readFileSync(inputs, 'utf8')))) {
    feeds[name] = new ort.Tensor(t.type, arrays[t.type].from(t.data), t.dims)
  }
  const result = await session.run(feeds)
  const times = []
  for (let i = 0; i < Number(repeats ?? 0); i++) {
    const start = process.hrtime.bigint()
    await session.run(feeds)
    times.push(Number(process.hrtime.bigint() - start) / 1e6)
  }
  const out = {ms: times.sort((a, b) => a - b)[times.length >> 1] ?? null}
  for (const [name, t] of Object.entries(result)) {
    out[name] = {type: t.type, dims: t.dims, data: Array.from(t.data)}
  }
  process.stdout.write(JSON.stringify(out))
}

main()
