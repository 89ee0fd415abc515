#!/usr/bin/env node
'use strict';

/**
 * Writes what the package says of others' work: THIRD-PARTY-NOTICES.md, and the
 * tables of models/MODEL_CARD.md, which come from the network's own card. Run it
 * after `npm install` and after a change of the network: `npm run notices`. A
 * test fails where one of the two is out of date.
 *
 * The usual licence collectors read what is installed, and so list other
 * packages on every platform (koffi has one for each); and most of what is to be
 * told here is no npm package.
 */

const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { licenceTexts, productionPackages } = require('./production.js');
const { cardTables } = require('./model-card.js');

const ROOT = join(__dirname, '..', '..');
const NOTICES = 'THIRD-PARTY-NOTICES.md';
const CARD = join('models', 'MODEL_CARD.md');
const BEGIN = '<!-- generated: begin -->';
const END = '<!-- generated: end -->';

/** Packages that come without a text of their own: where it is instead. */
const ELSEWHERE = [
  [/^@img\/sharp-libvips-/, 'libvips and the libraries that it is built from, for one platform, as libraries of their own that can be replaced. Which they are, and their licences (libvips, GLib, libexif, libheif and others: LGPL 3; the rest: permissive), is in the README.md of the package and at https://github.com/lovell/sharp-libvips/blob/v$VERSION/THIRD-PARTY-NOTICES.md.'],
  [/^@img\/sharp-/, 'sharp, built for one platform; for Windows and WebAssembly with libvips in it, as above. Its text is that of sharp.'],
  [/^@emnapi\//, 'Used by sharp where it is built for WebAssembly. The MIT text is at https://github.com/toyobayashi/emnapi/blob/v$VERSION/LICENSE.'],
  [/^@koromix\/koffi-/, 'koffi, built for one platform. Its text is that of koffi.'],
  [/^@msgpackr-extract\//, 'msgpackr-extract, built for one platform. Its text is that of msgpackr-extract.'],
  [/^onnxruntime-/, 'Copyright (c) Microsoft Corporation. The MIT text is at https://github.com/microsoft/onnxruntime/blob/v$VERSION/LICENSE, and the notices of what its library is built from at https://github.com/microsoft/onnxruntime/blob/v$VERSION/ThirdPartyNotices.txt.'],
];

function textsOf({ path, name, version }) {
  const elsewhere = ELSEWHERE.find(([pattern]) => pattern.test(name))?.[1];
  if (elsewhere !== undefined) return [elsewhere.replaceAll('$VERSION', version)];
  const texts = licenceTexts(join(ROOT, path));
  if (texts.length > 0) return texts.map((text) => `\`\`\`\n${text}\n\`\`\``);
  throw new Error(`${name} ${version} has no licence text: say in scripts/release/notices.js where it is.`);
}

function notices() {
  const packages = productionPackages(ROOT);
  const rows = packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  const sections = packages.map((one) => `### ${one.name} ${one.version} (${one.license})\n\n${textsOf(one).join('\n\n')}\n`);
  const compiler = JSON.parse(readFileSync(join(ROOT, 'node_modules/assemblyscript/package.json'), 'utf8'));
  // Its contributors are many: NOTICE names them all, LICENSE is the Apache licence.
  const [, names] = licenceTexts(join(ROOT, 'node_modules/assemblyscript'));
  return `# Third-party notices

Made by \`npm run notices\` (scripts/release/notices.js); do not edit. gst-ipl itself is under the MIT licence (LICENSE).

## In this package

- **AssemblyScript ${compiler.version}** (${compiler.license}): parts of its standard library are compiled into \`dist/ipl/kernels/*.wasm\`. Its notice is at the end.
- **The network** (\`models/*.onnx\`) was trained on pictures of others; none of them is in the package. models/MODEL_CARD.md has their
  authors and licences.

## Called at run time, not in this package

| what | licence | how |
|---|---|---|
| GStreamer, its base, good and bad plug-ins; GLib | LGPL 2.1 or later | installed by the system (Debian: gstreamer1.0-*, libglib2.0-0), loaded at run time by koffi; can be replaced by any other build |
| x264enc (gstreamer1.0-plugins-ugly), x265enc (gstreamer1.0-plugins-bad) | plug-ins LGPL; libx264 and libx265 GPL 2 or later | installed by the system; used by \`record\` and \`publish\` unless \`encoder\` says otherwise, and by launch fragments that name them |
| openh264enc (gstreamer1.0-plugins-bad) | plug-in LGPL; libopenh264 BSD 2-clause | installed by the system; used where \`encoder: openh264enc\` says so |
| decoders of gstreamer1.0-libav | plug-in LGPL; Debian's FFmpeg is built with parts under the GPL 2 or later | installed by the system; used for H.264 and H.265 input |
| drivers of hardware encoders | their makers' | installed by the system; used where \`encoder\` names one |

Who passes on a product with GPL libraries in it passes them on under the GPL. Where GStreamer comes from the system, gst-ipl brings
none of them. H.264 and H.265 are also covered by patents in some countries, whatever the licence of the encoder is.

## npm packages

| package | version | licence |
|---|---|---|
${rows.join('\n')}

## Texts

${sections.join('\n')}
### AssemblyScript ${compiler.version} (${compiler.license})

\`\`\`
${names}
\`\`\`
`;
}

function card() {
  const text = readFileSync(join(ROOT, CARD), 'utf8');
  const [before, rest = ''] = text.split(BEGIN);
  return `${before}${BEGIN}\n${cardTables(ROOT)}\n${END}${rest.split(END)[1] ?? ''}`;
}

/** What each file should hold. */
function wanted() {
  return new Map([[NOTICES, notices()], [CARD, card()]]);
}

module.exports = { wanted };

if (require.main === module) {
  for (const [file, text] of wanted()) writeFileSync(join(ROOT, file), text);
}
