'use strict';

// Loaded first into every process and thread of the bundle.

const Module = require('node:module');
const path = require('node:path');

// Node was started through its loader, and would start its children as the loader alone.
process.execPath = process.env.GST_IPL_NODE || process.execPath;

// CUDA's provider is of another onnxruntime than the package has, and works with its own only.
const other = process.env.GST_IPL_ONNXRUNTIME;
if (other) {
  const resolve = Module._resolveFilename;
  const options = { paths: [other] };
  Module._resolveFilename = function (request, ...rest) {
    if (/^onnxruntime-(node|common)(\/|$)/.test(request)) return resolve.call(this, request, null, false, options);
    return resolve.call(this, request, ...rest);
  };
  module.exports = path.join(other, 'node_modules');
}
